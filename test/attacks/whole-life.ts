import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Browser } from '../support/browser.ts'
import {
  authorizationRequest,
  authorize,
  CONFIDENTIAL_CLIENT,
  callMcp,
  exchangeCode,
  obtainTokens,
  refresh,
  registerClient,
  tokensOf,
} from '../support/scenario.ts'
import { OWNER, postForm, type Site } from '../support/site.ts'

/** A site, and all that went over it that nobody else may ever read. */
export type Watched = Site & {
  /** Good and wrong ones: passwords, secrets, codes, tokens, cookies, the tokens of forms. */
  readonly secrets: Set<string>
  /** Pages and answers that refuse. */
  readonly refusals: string[]
}

/** Notes what the server hands out as secret, and what its refusals say. */
export function watched(site: Site): Watched {
  const secrets = new Set<string>()
  const refusals: string[] = []
  const fetch = async (request: Request): Promise<Response> => {
    const response = await site.fetch(request)
    for (const cookie of response.headers.getSetCookie()) {
      const value = /^[^=]+=([^;]*)/.exec(cookie)?.[1]
      if (value) secrets.add(value)
    }
    const code = new URL(response.headers.get('location') ?? '', site.url).searchParams.get('code')
    if (code !== null) secrets.add(code)
    const text = await response.clone().text()
    for (const [, value = ''] of text.matchAll(
      /"(?:access_token|refresh_token|client_secret|registration_access_token)":"([^"]+)"/g,
    ))
      secrets.add(value)
    if (response.status >= 400) refusals.push(withoutOwnForm(text))
    else for (const [, value = ''] of text.matchAll(/name="token" value="([^"]+)"/g)) secrets.add(value)
    return response
  }
  return { url: site.url, fetch, secrets, refusals }
}

/** The login that refuses is a form again, with a token of its own and the name that was typed. */
function withoutOwnForm(page: string): string {
  return page.replace(/<input[^>]* name="(?:token|username)"[^>]*>/g, '')
}

/** All that a person and clients do, right and wrong, each refusal once at least. */
export async function liveThrough(site: Watched): Promise<void> {
  const browser = new Browser(site)
  const publicClient = await registerClient(site)
  const confidential = await registerClient(site, CONFIDENTIAL_CLIENT)
  const posting = await registerClient(site, {
    ...CONFIDENTIAL_CLIENT,
    token_endpoint_auth_method: 'client_secret_post',
  })
  const note = (secret: string) => {
    site.secrets.add(secret)
    return secret
  }
  const wrong = (prefix: string) =>
    note(`${prefix}${Date.now().toString(16).padStart(12, '0')}${randomBytes(32).toString('base64url')}`)

  // Signing in, wrong and right.
  for (const values of [
    { username: OWNER.username, password: note('a wrong password of somebody') },
    { username: note('a password where the name belongs'), password: note('and another one') },
  ]) {
    const login = await browser.open(`${site.url}/login`)
    if (login.forms[0]) assert.equal((await browser.submit(login, login.forms[0], values)).status, 403)
  }
  const forged = await postForm(site, `${site.url}/login`, { ...OWNER, token: wrong('') })
  assert.equal(forged.status, 403)
  assert.equal((await postForm(site, `${site.url}/setup`, { ...OWNER, token: wrong('setup_') })).status, 410)
  assert.equal((await browser.open(`${site.url}/setup?token=${wrong('setup_')}`)).status, 410)

  // Codes: redeemed, again, by another, with a wrong verifier and a wrong secret.
  const authorized = await authorize(site, publicClient, { browser })
  note(authorized.verifier)
  const tokens = await tokensOf(await exchangeCode(site, publicClient, authorized))
  assert.equal((await callMcp(site, tokens.access_token)).status, 200)
  assert.equal((await exchangeCode(site, publicClient, authorized)).status, 400)
  assert.equal((await callMcp(site, tokens.access_token)).status, 401)
  const second = await authorize(site, confidential, { browser })
  assert.equal(
    (await exchangeCode(site, { ...confidential, client_secret: wrong('secret_') }, second)).status,
    401,
  )
  assert.equal((await exchangeCode(site, posting, second)).status, 400)
  assert.equal(
    (
      await exchangeCode(site, confidential, {
        ...second,
        verifier: note(randomBytes(32).toString('base64url')),
      })
    ).status,
    400,
  )
  assert.equal((await exchangeCode(site, confidential, { ...second, code: wrong('code_') })).status, 400)
  assert.equal(
    (
      await exchangeCode(site, confidential, {
        ...second,
        code: note(randomBytes(4000).toString('base64url')),
      })
    ).status,
    400,
  )

  // Refresh tokens: rotated, unknown, of another client, replayed after their successor was used.
  const granted = await obtainTokens(site, confidential, { browser })
  const first = granted.refresh_token ?? ''
  const next = (await tokensOf(await refresh(site, confidential, first))).refresh_token ?? ''
  const newest = (await tokensOf(await refresh(site, confidential, next))).refresh_token ?? ''
  assert.equal((await refresh(site, posting, newest)).status, 400)
  assert.equal((await refresh(site, confidential, wrong('refresh_'))).status, 400)

  // Introspection and revocation, with good tokens, foreign ones and garbage.
  const basic = {
    authorization: `Basic ${Buffer.from(`${confidential.client_id}:${confidential.client_secret}`).toString('base64')}`,
  }
  note(basic.authorization.slice(6))
  for (const token of [
    newest,
    granted.access_token,
    tokens.access_token,
    wrong('refresh_'),
    note('not a token at all'),
  ]) {
    assert.equal((await postForm(site, `${site.url}/introspect`, { token }, basic)).status, 200)
  }
  assert.equal(
    (await postForm(site, `${site.url}/introspect`, { token: newest, client_id: publicClient.client_id }))
      .status,
    401,
  )
  assert.equal(
    (
      await postForm(
        site,
        `${site.url}/revoke`,
        { token: newest },
        { authorization: `Basic ${note('bm8gY3JlZGVudGlhbHMgb2Ygb3Vycw==')}` },
      )
    ).status,
    401,
  )

  // The registration managed: read, with wrong tokens, with a secret that the client chose, replaced, ended.
  const managed = await registerClient(site, CONFIDENTIAL_CLIENT)
  const manage = async (method: string, token: string, body?: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const sent = body === undefined ? null : JSON.stringify({ ...CONFIDENTIAL_CLIENT, ...body })
    const request = new Request(managed.registration_client_uri ?? '', { method, headers, body: sent })
    return (await site.fetch(request)).status
  }
  const { client_id, client_secret, registration_access_token: token = '' } = managed
  assert.equal(await manage('GET', token), 200)
  assert.equal(await manage('GET', wrong('registration_')), 401)
  assert.equal(await manage('GET', note('no registration token')), 401)
  assert.equal(await manage('PUT', token, { client_id, client_secret: wrong('secret_') }), 400)
  assert.equal(await manage('PUT', token, { client_id, client_secret }), 200)
  assert.equal(await manage('DELETE', publicClient.registration_access_token ?? ''), 401)
  assert.equal(await manage('DELETE', token), 204)

  // Secrets where they don't belong.
  const swapped = { client_id: posting.client_secret ?? '', client_secret: posting.client_id }
  for (const door of ['token', 'revoke', 'introspect']) {
    await postForm(site, `${site.url}/${door}`, {
      grant_type: 'refresh_token',
      refresh_token: newest,
      token: newest,
      ...swapped,
    })
    await postForm(
      site,
      `${site.url}/${door}?client_secret=${posting.client_secret}&code=${second.code}`,
      swapped,
    )
    await postForm(site, `${site.url}/${door}`, {
      [newest]: '',
      grant_type: newest,
      scope: newest,
      resource: newest,
    })
  }
  await browser.open(
    authorizationRequest(site, { ...publicClient, client_id: posting.client_secret ?? '' }).url,
  )
  await browser.open(authorizationRequest(site, publicClient, { scope: newest, resource: newest }).url)
  await browser.open(
    authorizationRequest(site, publicClient, { redirect_uri: `https://client.example.com/${newest}` }).url,
  )
  await site.fetch(new Request(`${site.url}/mcp?access_token=${granted.access_token}`, { method: 'POST' }))
  await site.fetch(new Request(`${site.url}/documents/${newest}`))
  await site.fetch(
    new Request(`${site.url}/${newest}?token=${newest}`, {
      method: 'PUT',
      headers: { 'user-agent': newest },
    }),
  )

  // Access tokens: cut, of another signature, as Basic, two at once.
  const [head, body, signature = ''] = granted.access_token.split('.')
  for (const authorization of [
    `Bearer ${note(`${head}.${body}.${signature.slice(0, -8)}AAAAAAAA`)}`,
    `Bearer ${note(`${head}.${body}.`)}`,
    `Bearer ${granted.access_token} ${granted.access_token}`,
    `Basic ${granted.access_token}`,
    `Bearer ${newest}`,
  ]) {
    const response = await site.fetch(
      new Request(`${site.url}/mcp`, { method: 'POST', headers: { authorization } }),
    )
    assert.equal(response.status, 401)
  }
  // Within the second of its use it would be pardoned, whatever the grace.
  await new Promise((resolve) => setTimeout(resolve, 1100))
  assert.equal((await refresh(site, confidential, first)).status, 400, 'the reuse that ends the family')
  const last = await obtainTokens(site, posting, { browser })
  const revoked = {
    token: last.refresh_token ?? '',
    client_id: posting.client_id,
    client_secret: posting.client_secret ?? '',
  }
  assert.equal((await postForm(site, `${site.url}/revoke`, revoked)).status, 200)
  // One that lives on.
  await obtainTokens(site, publicClient, { browser })
}
