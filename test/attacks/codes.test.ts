import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { startServer } from '../support/running-server.ts'
import {
  type Authorized,
  authorizationRequest,
  authorize,
  CALLBACK,
  PUBLIC_CLIENT,
  registerClient,
} from '../support/scenario.ts'
import { type Answer, post, storeCode, VERIFIER } from '../support/stored.ts'
import {
  codeFor,
  createTargetOfFile,
  granted,
  mcpStatus,
  redeem,
  refresh,
  refused,
  tokensFor,
} from '../support/target.ts'

const target = await createTargetOfFile()
const { app } = target

const refusedGrant = (answer: Answer) => refused(answer, 'invalid_grant')
const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')

test('A-092 a code used twice: invalid_grant, and what the first gave is revoked', async () => {
  for (const client of [target.open, target.holder]) {
    const code = await codeFor(target, client)
    const first = granted(await redeem(app, client, code))
    const other = await tokensFor(target, client)
    app.events.length = 0
    refusedGrant(await redeem(app, client, code))
    assert.ok(app.events.some(({ type }) => type === 'token.reuse_detected'))
    assert.equal(await mcpStatus(app, first.access_token), 401)
    refusedGrant(await refresh(app, client, first.refresh_token))
    refusedGrant(await redeem(app, client, code))
    // And nothing else of that client and person.
    assert.equal(await mcpStatus(app, other.access_token), 200)
  }
})

test('A-092 a replay after a refresh, and one after the code expired, revoke what came of it', async () => {
  for (const seconds of [0, 60, 3600]) {
    const code = await codeFor(target, target.open)
    const first = granted(await redeem(app, target.open, code))
    const second = granted(await refresh(app, target.open, first.refresh_token))
    app.advance(seconds)
    refusedGrant(await redeem(app, target.open, code))
    for (const { access_token, refresh_token } of [first, second]) {
      assert.equal(await mcpStatus(app, access_token), 401)
      refusedGrant(await refresh(app, target.open, refresh_token))
    }
  }
})

test('A-093 fifty redemptions at once: exactly one success', async () => {
  for (const client of [target.open, target.holder]) {
    const code = await codeFor(target, client)
    await oneOf(await Promise.all(Array.from({ length: 50 }, () => redeem(app, client, code))))
  }
})

test('A-093 fifty redemptions at once by sockets of their own: exactly one success', async () => {
  await using server = await startServer()
  const client = await registerClient(server)
  const browser = new Browser(server)
  for (let round = 0; round < 3; round++) {
    const code = await authorize(server, client, { browser })
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(server, client, code)))
    const { access_token } = await oneOf(answers)
    assert.equal(await mcpStatus(server, access_token), 401)
  }
  const { access_token } = granted(await redeem(server, client, await authorize(server, client, { browser })))
  assert.equal(await mcpStatus(server, access_token), 200)
})

/** One answer gives tokens, every other one is invalid_grant. */
async function oneOf(answers: readonly Answer[]): Promise<{ access_token: string }> {
  const good = answers.filter(({ status }) => status === 200)
  assert.equal(good.length, 1)
  for (const answer of answers) if (answer.status !== 200) refusedGrant(answer)
  return granted(good[0] as Answer)
}

test('A-094 a wrong verifier, then the right one: invalid_grant, and the code is not spent by it', async () => {
  const code = await codeFor(target, target.open)
  refusedGrant(await redeem(app, target.open, code, { code_verifier: randomBytes(32).toString('base64url') }))
  granted(await redeem(app, target.open, code))
})

test('A-095 no verifier, an empty one, the challenge itself, also as plain', async () => {
  const code = await codeFor(target, target.open)
  refused(await redeem(app, target.open, code, { code_verifier: undefined }), 'invalid_request')
  refused(await redeem(app, target.open, code, { code_verifier: '' }), 'invalid_request')
  const challenge = challengeOf(code.verifier)
  for (const more of [{}, { code_challenge_method: 'plain' }, { code_challenge: challengeOf(challenge) }]) {
    refusedGrant(await redeem(app, target.open, code, { code_verifier: challenge, ...more }))
  }
  granted(await redeem(app, target.open, code))
})

test('A-096 PKCE downgrade: no code without a challenge exists, whatever the verifier', async () => {
  const { open, browser } = target
  await codeFor(target, open)
  const challenge = challengeOf(randomBytes(32).toString('base64url'))
  const stripped = { code_challenge: undefined, code_challenge_method: undefined }
  for (const extra of [
    stripped,
    { ...stripped, code_challenge_method: 'S256' },
    { ...stripped, code_challenge: '' },
    { ...stripped, code_challenge: challenge },
    { code_challenge: challenge, code_challenge_method: 'plain' },
    { code_challenge: challenge, code_challenge_method: 's256' },
    { code_challenge: challenge.slice(1) },
    { code_challenge: `${challenge}=` },
  ]) {
    const { url, state } = authorizationRequest(app, open, { extra })
    const visit = await browser.open(url)
    assert.equal(visit.left, true, visit.text)
    const { code, error, error_description, ...others } = Object.fromEntries(visit.url.searchParams)
    assert.deepEqual([code, error, others], [undefined, 'invalid_request', { state, iss: app.url }])
    assert.ok(error_description)
  }
  // Twice, it is not told to the client, because what it asked for is not known.
  const twice = authorizationRequest(app, open).url
  twice.searchParams.append('code_challenge', '')
  assert.equal((await browser.open(twice)).url.searchParams.get('code'), null)
})

test('A-096 a code whose challenge was lost is redeemed by no verifier', async () => {
  for (const code_challenge of ['', 'undefined', 'null']) {
    const code = await storeCode(app, target.open.client_id, { code_challenge })
    const stored = { code, verifier: VERIFIER, redirect_uri: CALLBACK, resource: app.settings.resource }
    for (const code_verifier of [VERIFIER, '', undefined, code_challenge, 'a'.repeat(43)]) {
      const { status, body } = await redeem(app, target.open, stored, { code_verifier })
      assert.equal(status, 400)
      assert.match(String(body.error), /^invalid_(grant|request)$/)
    }
  }
})

test('A-097 verifiers of 42 and 129 characters or with others are refused though they match; 43 and 128 pass', async () => {
  const withVerifier = async (verifier: string): Promise<Authorized> => {
    const extra = { code_challenge: challengeOf(verifier) }
    return { ...(await authorize(app, target.open, { browser: target.browser, extra })), verifier }
  }
  const good = 'aZ09-._~'.repeat(16)
  assert.equal(good.length, 128)
  for (const verifier of [
    'a',
    good.slice(0, 42),
    `${good}a`,
    `${good.slice(0, 42)}+`,
    `${good.slice(0, 42)}/`,
    `${good.slice(0, 42)}=`,
    `${good.slice(0, 42)} `,
    `${good.slice(0, 43)}\n`,
    `${good.slice(0, 43)}\0`,
    `${good.slice(0, 42)}é`,
    `${good.slice(0, 42)}😀`,
  ]) {
    refusedGrant(await redeem(app, target.open, await withVerifier(verifier)))
  }
  for (const verifier of [good.slice(0, 43), good]) {
    granted(await redeem(app, target.open, await withVerifier(verifier)))
  }
})

test('A-098 another redirect URI at the token endpoint: invalid_grant', async () => {
  const second = 'https://client.example.com/other'
  const client = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: [CALLBACK, second] })
  const code = await codeFor(target, client)
  for (const redirect_uri of [
    second,
    undefined,
    '',
    `${CALLBACK}/`,
    `${CALLBACK}?`,
    `${CALLBACK}#`,
    `${CALLBACK}?x=1`,
    CALLBACK.replace('callback', 'Callback'),
    CALLBACK.replace('callback', '%63allback'),
    CALLBACK.replace('client.', 'CLIENT.'),
    CALLBACK.replace('.com', '.com:443'),
    CALLBACK.replace('https', 'http'),
    ` ${CALLBACK}`,
    'https://evil.example/callback',
  ]) {
    refusedGrant(await redeem(app, client, code, { redirect_uri }))
  }
  granted(await redeem(app, client, code))
})

test('A-098 a loopback redirect keeps the port of its request', async () => {
  const client = await registerClient(app, { ...PUBLIC_CLIENT, redirect_uris: ['http://127.0.0.1/callback'] })
  const redirect_uri = 'http://127.0.0.1:53682/callback'
  const code = await authorize(app, client, { browser: target.browser, redirect_uri })
  for (const other of [
    'http://127.0.0.1/callback',
    'http://127.0.0.1:53683/callback',
    'http://localhost:53682/callback',
  ]) {
    refusedGrant(await redeem(app, client, code, { redirect_uri: other }))
  }
  granted(await redeem(app, client, code))
})

test("A-099 another client redeems a code, public or with its own good secret: invalid_grant, and the code stays its owner's", async () => {
  const strangers = [
    await registerClient(app),
    await registerClient(app, {
      token_endpoint_auth_method: 'client_secret_post',
      ...{ redirect_uris: [CALLBACK] },
    }),
  ]
  for (const owner of [target.open, target.holder]) {
    const code = await codeFor(target, owner)
    for (const stranger of [...strangers, owner === target.open ? target.holder : target.open]) {
      refusedGrant(await redeem(app, stranger, code))
    }
    // The stranger's own secret beside the owner's id.
    refused(await redeem(app, target.holder, code, { client_id: target.open.client_id }), 'invalid_request')
    const tokens = granted(await redeem(app, owner, code))
    // And a stranger's replay ends nothing.
    for (const stranger of strangers) refusedGrant(await redeem(app, stranger, code))
    assert.equal(await mcpStatus(app, tokens.access_token), 200)
  }
})

test('A-100 an old code: good for less than a minute', async () => {
  const late = [60, 61, 600, 601, 86_400]
  for (const seconds of late) {
    const code = await codeFor(target, target.open)
    app.advance(seconds)
    refusedGrant(await redeem(app, target.open, code))
  }
  const code = await codeFor(target, target.open)
  app.advance(59)
  granted(await redeem(app, target.open, code))
})

test('A-101 a guessed, cut, lengthened, re-cased, endless code: invalid_grant', async () => {
  const authorized = await codeFor(target, target.open)
  const { code } = authorized
  const swapped = code.replace(/[a-zA-Z]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
  for (const guess of [
    `code_${'0'.repeat(12)}${'A'.repeat(43)}`,
    code.slice(0, -43) + randomBytes(32).toString('base64url'),
    code.slice(0, -1),
    code.slice(1),
    `${code}A`,
    `${code} `,
    `${code}\0`,
    ` ${code}`,
    code.toUpperCase(),
    code.toLowerCase(),
    swapped,
    code.replace('code_', 'refresh_'),
    code.replace('code_', ''),
    createHash('sha256').update(code).digest('base64url'),
    "' OR 1=1 --",
    '%',
    '*',
    '../code',
    '\0',
    '\u{10ffff}',
    'x'.repeat(60_000),
    'x'.repeat(100 * 1024),
    code.repeat(1500),
  ]) {
    refusedGrant(await redeem(app, target.open, { ...authorized, code: guess }))
  }
  refused(await redeem(app, target.open, authorized, { code: '' }), 'invalid_request')
  refused(await post(app, '/token', { grant_type: 'authorization_code' }), 'invalid_client', 401)
  granted(await redeem(app, target.open, authorized))
})

test('A-101 a code has 256 random bits', async () => {
  const codes = []
  for (let index = 0; index < 64; index++) codes.push((await codeFor(target, target.open)).code)
  const random = codes.map((code) =>
    Buffer.from(/^code_[0-9a-f]{12}(.{43})$/.exec(code)?.[1] ?? '', 'base64url'),
  )
  for (let bit = 0; bit < 256; bit++) {
    const values = new Set(random.map((bytes) => ((bytes[bit >> 3] ?? assert.fail()) >> (bit & 7)) & 1))
    // That a fair bit is the same 64 times happens once in 2^63.
    assert.equal(values.size, 2, `bit ${bit}`)
  }
})
