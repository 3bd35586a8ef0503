/** Who may register, at the program as its user runs it, with the commands beside it. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import {
  authorizationRequest,
  obtainTokens,
  PUBLIC_CLIENT,
  registerClient,
  signInAndDecide,
} from '../support/scenario.ts'
import { postJson } from '../support/site.ts'
import { corpusiq, emptyDirectory } from './program.ts'

const register = (server: RunningServer, token?: string) =>
  postJson(
    server,
    `${server.url}/register`,
    PUBLIC_CLIENT,
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  )

test('A-051 registration-tokens: made beside the server and shown once, raced for by 50, listed, revoked, all at once in force', async () => {
  await using server = await startServer({ env: { CORPUSIQ_REGISTRATION_ACCESS: 'token' } })
  const data = ['--data-dir', server.dataDir]
  const create = (...more: string[]) => corpusiq(['registration-tokens', 'create', ...more, ...data])
  assert.equal((await register(server)).status, 401)

  const made = await create(
    '--uses',
    '5',
    '--expires',
    '7d',
    '--scope',
    'corpus:search',
    '--note',
    'for Maria',
    '--json',
  )
  assert.equal(made.code, 0, made.errors)
  const { initial_access_token: token, token_id, ...limits } = JSON.parse(made.output)
  assert.match(token, /^initial_[0-9a-f]{12}[\w-]{43}$/)
  const { created_at, expires_at, ...rest } = limits
  assert.equal(expires_at, created_at + 7 * 86_400)
  assert.deepEqual(rest, { uses_left: 5, scope: 'corpus:search', note: 'for Maria' })

  const answers = await Promise.all(Array.from({ length: 50 }, () => register(server, token)))
  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [...Array(5).fill(201), ...Array(45).fill(401)])
  const clients = await corpusiq(['clients', 'list', '--json', ...data])
  assert.equal(JSON.parse(clients.output).length, 5)

  // By default for one client, and a week.
  const plain = await create()
  assert.match(
    plain.output,
    /^initial_\S+\n\nThis is the only time that the token is shown\. It is called token_\S+; it registers one client until /,
  )
  const second = plain.output.split('\n')[0] ?? ''
  const listed = await corpusiq(['registration-tokens', 'list', ...data])
  assert.match(listed.output, /^TOKEN +CREATED +EXPIRES +USES LEFT +SCOPE +NOTE\n/)
  assert.match(listed.output, new RegExp(`\\n${token_id} .* 0 +corpus:search +for Maria\\n`))
  const json = JSON.parse((await corpusiq(['registration-tokens', 'list', '--json', ...data])).output)
  assert.deepEqual(json[0], { token_id, ...limits, uses_left: 0 })
  for (const output of [listed.output, JSON.stringify(json), server.output(), server.log()]) {
    assert.ok(!output.includes(token.slice(-43)) && !output.includes(second.slice(-43)), output)
  }
  for (const file of readdirSync(server.dataDir)) {
    const path = join(server.dataDir, file)
    assert.ok(!readFileSync(path).includes(second.slice(-43)), file)
  }

  const revoked = await corpusiq(['registration-tokens', 'revoke', json[1].token_id, ...data])
  assert.equal(revoked.code, 0, revoked.errors)
  assert.equal((await register(server, second)).status, 401)
  const again = await corpusiq(['registration-tokens', 'revoke', json[1].token_id, ...data])
  assert.equal(again.code, 1)
  assert.match(
    again.errors,
    /^corpusiq: There is no registration token token_\S+\. See: corpusiq registration-tokens list\n$/,
  )

  const endless = await create('--uses', 'any', '--expires', 'never')
  const [third] = endless.output.split('\n')
  assert.equal((await register(server, third)).status, 201)
})

test('registration-tokens create: what is wrong is told in one line with an example, and nothing is made', async (context) => {
  const dataDir = await emptyDirectory(context)
  for (const [options, expected] of [
    [['--uses', '0'], /^corpusiq: --uses: "0" is neither a whole number nor any\. Example: --uses 5\n$/],
    [['--uses', '-1'], /^corpusiq: --uses: /],
    [['--uses', '1.5'], /^corpusiq: --uses: /],
    [
      ['--expires', '0'],
      /^corpusiq: --expires: "0" is neither a length of time \(7d, 24h, 30m\) nor never\./,
    ],
    [['--expires', 'tomorrow'], /^corpusiq: --expires: /],
    [['--scope', 'corpus:read admin'], /^corpusiq: --scope: "corpus:read admin" is no list of corpus:read, /],
    [['--scope', 'offline_access'], /^corpusiq: --scope: /],
    [['--scope', ''], /^corpusiq: --scope: /],
    [['--note', 'x'.repeat(201)], /^corpusiq: --note: at most 200 characters\n$/],
  ] as const) {
    const ended = await corpusiq(['registration-tokens', 'create', ...options, '--data-dir', dataDir])
    assert.equal(ended.code, 1, options.join(' '))
    assert.match(ended.errors, expected)
  }
})

test('A-052 clients approve: the person waits at a page, the owner approves beside the server, the person goes on', async () => {
  await using server = await startServer({ env: { CORPUSIQ_REGISTRATION_ACCESS: 'approval' } })
  const data = ['--data-dir', server.dataDir]
  const client = await registerClient(server)
  const other = await registerClient(server, { ...PUBLIC_CLIENT, client_name: 'Another' })
  await server.says(new RegExp(`Client waits for approval: corpusiq clients approve ${client.client_id}`))
  const browser = new Browser(server)
  const { url } = authorizationRequest(server, client)
  const waiting = await browser.open(url)
  assert.equal(waiting.status, 403)
  assert.match(waiting.text, /waits for approval/)

  const pending = async () =>
    JSON.parse((await corpusiq(['clients', 'list', '--pending', '--json', ...data])).output)
  assert.deepEqual(
    (await pending()).map(({ client_id, approval }: Record<string, string>) => [client_id, approval]),
    [
      [client.client_id, 'pending'],
      [other.client_id, 'pending'],
    ],
  )
  const approved = await corpusiq(['clients', 'approve', client.client_id, ...data])
  assert.equal(approved.code, 0, approved.errors)
  assert.match(
    approved.output,
    /^Approved client_\S+ \(Test Client\), which sends people back to https:\/\/client\.example\.com\/callback\. /,
  )
  assert.deepEqual(
    (await pending()).map(({ client_id }: Record<string, string>) => client_id),
    [other.client_id],
  )
  const visit = await signInAndDecide(browser, url)
  assert.ok(visit.left && visit.url.searchParams.get('code'), visit.text)
  assert.ok((await obtainTokens(server, client, { browser })).access_token)
  assert.equal((await browser.open(authorizationRequest(server, other).url)).status, 403)

  for (const [id, expected] of [
    [
      client.client_id,
      /^corpusiq: client_\S+ does not wait for approval\. See: corpusiq clients list --pending\n$/,
    ],
    [
      'client_unknown',
      /^corpusiq: There is no client client_unknown\. See: corpusiq clients list --pending\n$/,
    ],
  ] as const) {
    const ended = await corpusiq(['clients', 'approve', id, ...data])
    assert.equal(ended.code, 1)
    assert.match(ended.errors, expected)
  }
})

test('a policy file is in force from the start; a slip in it stops the start with one line that names the member', async (context) => {
  const directory = await emptyDirectory(context)
  const file = join(directory, 'policy.json')
  writeFileSync(file, JSON.stringify({ redirect_hosts: ['claude.ai'] }))
  {
    await using server = await startServer({ env: { CORPUSIQ_REGISTRATION_POLICY: file } })
    const refused = await register(server)
    assert.equal(refused.status, 400)
    assert.deepEqual(await refused.json(), {
      error: 'invalid_redirect_uri',
      error_description:
        'redirect_uris[0] leads to client.example.com, and this server allows only claude.ai',
    })
    await registerClient(server, {
      ...PUBLIC_CLIENT,
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
    })
  }
  writeFileSync(file, JSON.stringify({ web: { scopes: ['corpus:write'] } }))
  const args = ['serve', directory, '--port', '0', '--data-dir', join(directory, 'data')]
  const ended = await corpusiq(args, { env: { CORPUSIQ_REGISTRATION_POLICY: file } })
  assert.equal(ended.code, 1)
  assert.match(
    ended.errors,
    /^corpusiq: CORPUSIQ_REGISTRATION_POLICY: in the file \S+policy\.json: web\.scopes\[0\] must be one of corpus:read, corpus:search, offline_access\. Example: CORPUSIQ_REGISTRATION_POLICY=\S+\n$/,
  )
})
