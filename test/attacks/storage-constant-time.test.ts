/**
 * time as an oracle. Not by a clock, which would tell of the machine: by what is computed. Node's own functions
 * are watched while the whole app runs.
 */
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { after, mock, test } from 'node:test'

type Hashed = { memory: number; passes: number; parallelism: number; tagLength: number }

/** Each slow hash by its price, and each comparison by the lengths of its two sides. */
const watched = { hashes: [] as Hashed[], comparisons: [] as [number, number][] }

const { argon2, timingSafeEqual } = crypto
mock.method(crypto, 'argon2', (...call: Parameters<typeof argon2>) => {
  const { memory, passes, parallelism, tagLength } = call[1]
  watched.hashes.push({ memory, passes, parallelism, tagLength })
  return argon2(...call)
})
mock.method(crypto, 'timingSafeEqual', (a: Buffer, b: Buffer) => {
  watched.comparisons.push([a.byteLength, b.byteLength])
  return timingSafeEqual(a, b)
})
// What imports the functions by name sees the watched ones: all of the app is imported below, after this.
syncBuiltinESMExports()
after(() => {
  mock.restoreAll()
  syncBuiltinESMExports()
})

const { createTestApp } = await import('../support/test-app.ts')
const { Browser } = await import('../support/browser.ts')
const scenario = await import('../support/scenario.ts')
const { OWNER, postForm } = await import('../support/site.ts')
const { registerClient, CONFIDENTIAL_CLIENT, authorize, authorizationRequest, exchangeCode, obtainTokens } =
  scenario

type TestApp = Awaited<ReturnType<typeof createTestApp>>

/** What was computed for one answer. */
async function computed(answer: () => Promise<Response>, status: number): Promise<typeof watched> {
  watched.hashes = []
  watched.comparisons = []
  const response = await answer()
  assert.equal(response.status, status, await response.clone().text())
  await response.arrayBuffer()
  return { hashes: watched.hashes, comparisons: watched.comparisons }
}

/** Every wrong answer of these costs the same, and something. */
async function assertAlike(
  answers: Record<string, () => Promise<Response>>,
  status: number,
): Promise<typeof watched> {
  let first: typeof watched | undefined
  for (const [which, answer] of Object.entries(answers)) {
    const work = await computed(answer, status)
    first ??= work
    assert.deepEqual(work, first, which)
  }
  return first ?? assert.fail()
}

/** The same text with its first or last letter exchanged, or its case turned: as near as a guess can come. */
function near(text: string, random = text.length - 43): Record<string, string> {
  const other = (letter: string | undefined) => (letter === 'A' ? 'B' : 'A')
  return {
    'the last letter': text.slice(0, -1) + other(text.at(-1)),
    'the first letter': text.slice(0, random) + other(text[random]) + text.slice(random + 1),
    'the case':
      text.slice(0, random) +
      [...text.slice(random)]
        .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
        .join(''),
    'nothing alike': text.slice(0, random) + 'A'.repeat(text.length - random),
  }
}

const OWASP: Hashed = { memory: 47_104, passes: 1, parallelism: 1, tagLength: 32 }

test('A-180 an unknown user costs one hash at the same price as the owner, and so does any password', async () => {
  await using app = await createTestApp()
  const browser = new Browser(app)
  const page = await browser.open(`${app.url}/login`)
  const token = page.forms[0]?.fields.get('token') ?? assert.fail()
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  let address = 0
  const login = (username: string, password: string) => () => {
    const body = new URLSearchParams({ username, password, token })
    const request = new Request(`${app.url}/login`, { method: 'POST', body, headers: { cookie } })
    // From a new address each, so that none is slowed.
    return app.fetchFrom(`198.51.100.${++address}`, request)
  }
  // The hash that stands for nobody is made at the first of all sign-ins.
  await computed(login('first of all', 'x'), 403)
  const { hashes, comparisons } = await assertAlike(
    {
      'the owner, a wrong password': login(OWNER.username, 'a wrong password'),
      'the owner, nearly right': login(OWNER.username, `${OWNER.password.slice(0, -1)}x`),
      'the owner, an empty password': login(OWNER.username, ''),
      'the owner, a long password': login(OWNER.username, 'x'.repeat(50_000)),
      nobody: login('nobody', 'a wrong password'),
      'nobody, the right password': login('nobody', OWNER.password),
      'nobody, an empty name': login('', ''),
      'nobody, a long name': login('x'.repeat(50_000), OWNER.password),
    },
    403,
  )
  assert.deepEqual(hashes, [OWASP])
  assert.ok(comparisons.some(([a, b]) => a === OWASP.tagLength && b === a))
  assert.deepEqual((await computed(login(OWNER.username, OWNER.password), 303)).hashes, [OWASP])
})

for (const hash of ['sha256', 'argon2id'] as const) {
  test(`A-180 an unknown client, an open one and a wrong secret cost the same (${hash})`, async () => {
    await using app = await createTestApp({ env: { CORPUSIQ_CLIENT_SECRET_HASH: hash } })
    const known = await registerClient(app, CONFIDENTIAL_CLIENT)
    const open = await registerClient(app)
    const secret = known.client_secret ?? assert.fail()
    const claim = (client_id: string, client_secret: string) => () =>
      postForm(app, `${app.url}/token`, {
        grant_type: 'refresh_token',
        refresh_token: 'x',
        client_id,
        client_secret,
      })
    const { hashes, comparisons } = await assertAlike(
      {
        ...Object.fromEntries(
          Object.entries(near(secret)).map(([which, guess]) => [which, claim(known.client_id, guess)]),
        ),
        short: claim(known.client_id, 'x'),
        'an unknown client': claim(`client_${'0'.repeat(12)}${'A'.repeat(22)}`, secret),
        'no client at all': claim('nobody', secret),
        'an open client': claim(open.client_id, secret),
      },
      401,
    )
    assert.deepEqual(hashes, hash === 'argon2id' ? [OWASP] : [])
    assert.equal(comparisons.length, 1)
  })
}

test('A-180 a guess at a code, a refresh token or a session is looked up by its hash: nothing of it is compared with the right one', async () => {
  await using app = await createTestApp()
  const client = await registerClient(app)
  const browser = new Browser(app)
  const { refresh_token = '' } = await obtainTokens(app, client, { browser })
  const authorized = await authorize(app, client, { browser })
  const nothing = { hashes: [], comparisons: [] }
  const codes = Object.entries({
    ...near(authorized.code),
    'the code of nobody': `code_${'0'.repeat(12)}${'A'.repeat(43)}`,
    rubbish: 'x',
  })
  const redeem = (code: string) => () => exchangeCode(app, client, { ...authorized, code })
  assert.deepEqual(
    await assertAlike(Object.fromEntries(codes.map(([which, code]) => [which, redeem(code)])), 400),
    nothing,
  )
  const refresh = (guess: string) => () =>
    postForm(app, `${app.url}/token`, {
      grant_type: 'refresh_token',
      refresh_token: guess,
      client_id: client.client_id,
    })
  const tokens = Object.entries({ ...near(refresh_token), rubbish: 'x' })
  assert.deepEqual(
    await assertAlike(Object.fromEntries(tokens.map(([which, token]) => [which, refresh(token)])), 400),
    nothing,
  )
  const [name = '', session = ''] = [...browser.cookies].find(([cookie]) => cookie.endsWith('session')) ?? []
  const visit = (guess: string) => () =>
    app.fetch(new Request(`${app.url}/documents/doc_tea`, { headers: { cookie: `${name}=${guess}` } }))
  const sessions = Object.entries({ ...near(session), rubbish: 'x' })
  assert.deepEqual(
    await assertAlike(Object.fromEntries(sessions.map(([which, guess]) => [which, visit(guess)])), 302),
    nothing,
  )
  // The right ones are what they are.
  assert.equal((await visit(session)()).status, 200)
  assert.equal((await refresh(refresh_token)()).status, 200)
  assert.equal((await redeem(authorized.code)()).status, 200)
})

test('A-180 verifiers, form tokens and setup links are compared whole, wherever they differ', async () => {
  await using app = await createTestApp()
  const client = await registerClient(app)
  const browser = new Browser(app)
  // A verifier is right or wrong once, so each guess has a code of its own.
  const guesses: Record<string, () => Promise<Response>> = {}
  for (const which of Object.keys(near('x'.repeat(43)))) {
    const authorized = await authorize(app, client, { browser })
    guesses[which] = () =>
      exchangeCode(app, client, { ...authorized, verifier: near(authorized.verifier)[which] ?? '' })
  }
  assert.deepEqual((await assertAlike(guesses, 400)).comparisons, [[43, 43]])

  const page = await browser.open(authorizationRequest(app, client, { extra: { prompt: 'consent' } }).url)
  const fields = Object.fromEntries(
    page.forms.find((form) => form.fields.has('token'))?.fields ?? assert.fail(),
  )
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const decide = (token: string) => () =>
    postForm(app, `${app.url}/authorize/decision`, { ...fields, token, decision: 'approve' }, { cookie })
  const tokens = Object.entries({
    ...near(fields.token ?? assert.fail(), 0),
    short: 'x',
    long: 'x'.repeat(5000),
  })
  assert.deepEqual(
    (await assertAlike(Object.fromEntries(tokens.map(([which, token]) => [which, decide(token)])), 403))
      .comparisons,
    [[32, 32]],
  )
  await assertSetupLink()
})

async function assertSetupLink(): Promise<void> {
  await using app: TestApp = await createTestApp({ owner: false })
  const link = new URL((await app.app.setupLink()) ?? assert.fail())
  const open = (token: string) => () => app.fetch(new Request(`${app.url}/setup?token=${token}`))
  const token = link.searchParams.get('token') ?? assert.fail()
  const tokens = Object.entries({ ...near(token), short: 'x', long: 'x'.repeat(5000) })
  assert.deepEqual(
    (await assertAlike(Object.fromEntries(tokens.map(([which, guess]) => [which, open(guess)])), 403))
      .comparisons,
    [[32, 32]],
  )
  assert.equal((await open(token)()).status, 200)
}
