/** The commands beside a running server: their change is in force at its next request. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { MAIN, startServer } from '../support/running-server.ts'
import {
  authorizationRequest,
  authorize,
  callMcp,
  exchangeCode,
  obtainTokens,
  PUBLIC_CLIENT,
  refresh,
  registerClient,
} from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import { collect, corpusiq, emptyDirectory, ownEnvironment } from './program.ts'

test('clients: listed with what they registered, never a secret; deleted, they are refused at once', async () => {
  await using server = await startServer()
  const data = ['--data-dir', server.dataDir]
  const client = await registerClient(server)
  const confidential = await registerClient(server, {
    ...PUBLIC_CLIENT,
    client_name: 'Another',
    token_endpoint_auth_method: 'client_secret_basic',
  })
  const tokens = await obtainTokens(server, client)
  assert.equal((await callMcp(server, tokens.access_token)).status, 200)

  const listed = await corpusiq(['clients', 'list', ...data])
  assert.equal(listed.code, 0)
  assert.match(
    listed.output,
    new RegExp(`${client.client_id}.*Test Client.*unverified.*https://client\\.example\\.com/callback`),
  )
  const json = await corpusiq(['clients', 'list', '--json', ...data])
  assert.deepEqual(
    JSON.parse(json.output).map((row: { client_id: string }) => row.client_id),
    [client.client_id, confidential.client_id],
  )
  assert.doesNotMatch(json.output, /secret_0|sha256:|client_secret_hash/)

  const deleted = await corpusiq(['clients', 'delete', client.client_id, ...data])
  assert.equal(deleted.code, 0, deleted.errors)
  assert.equal((await callMcp(server, tokens.access_token)).status, 401)
  const refused = await refresh(server, client, tokens.refresh_token ?? '')
  assert.equal(refused.status, 401)
  const comesAgain = () => new Browser(server).open(authorizationRequest(server, client).url)
  const dead = await comesAgain()
  assert.deepEqual([dead.left, dead.status], [false, 400])
  assert.match(dead.text, /let it back in/)

  const again = await corpusiq(['clients', 'delete', client.client_id, ...data])
  assert.equal(again.code, 1)
  assert.match(again.errors, /^corpusiq: There is no client client_\S+\. See: corpusiq clients list\n$/)

  // The owner alone lets it back in, and nobody after it was revoked for cause.
  const returned = await obtainTokens(server, client)
  assert.equal((await callMcp(server, returned.access_token)).status, 200)
  assert.equal((await corpusiq(['clients', 'delete', client.client_id, '--revoke', ...data])).code, 0)
  assert.equal((await callMcp(server, returned.access_token)).status, 401)
  const revoked = await comesAgain()
  assert.deepEqual([revoked.left, revoked.status], [false, 400])
  assert.doesNotMatch(revoked.text, /let it back in/)
  assert.equal((await corpusiq(['clients', 'list', ...data])).output.includes(client.client_id), false)
})

test('grants: listed with client, scope and times; revoked, its tokens are refused at once, others stay', async () => {
  await using server = await startServer()
  const data = ['--data-dir', server.dataDir]
  const client = await registerClient(server)
  const first = await obtainTokens(server, client)
  const second = await obtainTokens(server, client)
  const listed = await corpusiq(['grants', 'list', '--json', ...data])
  const rows: { grant_id: string; client_id: string; scope: string }[] = JSON.parse(listed.output)
  assert.equal(rows.length, 2)
  assert.ok(rows.every((row) => row.client_id === client.client_id && row.scope.includes('corpus:read')))
  assert.match(
    (await corpusiq(['grants', 'list', ...data])).output,
    new RegExp(`${rows[0]?.grant_id}.*Test Client`),
  )

  const revoked = await corpusiq(['grants', 'revoke', rows[0]?.grant_id ?? '', '--json', ...data])
  assert.deepEqual(JSON.parse(revoked.output), { grant_id: rows[0]?.grant_id, revoked: true })
  assert.equal((await callMcp(server, first.access_token)).status, 401)
  assert.equal((await refresh(server, client, first.refresh_token ?? '')).status, 400)
  assert.equal((await callMcp(server, second.access_token)).status, 200)

  const unknown = await corpusiq(['grants', 'revoke', 'grant_unknown', ...data])
  assert.equal(unknown.code, 1)
  assert.match(unknown.errors, /^corpusiq: There is no grant grant_unknown\. See: corpusiq grants list\n$/)
})

test('keys: rotated, a new one signs, and tokens of the earlier one stay good', async () => {
  await using server = await startServer()
  const data = ['--data-dir', server.dataDir]
  const client = await registerClient(server)
  const before = await obtainTokens(server, client)
  const rotated = await corpusiq(['keys', 'rotate', '--json', ...data])
  assert.equal(rotated.code, 0, rotated.errors)
  const { kid } = JSON.parse(rotated.output)
  const after = await exchangeCode(server, client, await authorize(server, client))
  const { access_token } = JSON.parse(await after.text())
  assert.equal(JSON.parse(Buffer.from(access_token.split('.')[0], 'base64url').toString()).kid, kid)
  assert.equal((await callMcp(server, before.access_token)).status, 200)
  assert.equal((await callMcp(server, access_token)).status, 200)
  const published = await (await fetch(`${server.url}/.well-known/jwks.json`)).json()
  assert.equal((published as { keys: unknown[] }).keys.length, 2)
  const listed = await corpusiq(['keys', 'list', '--json', ...data])
  assert.equal(JSON.parse(listed.output)[0].kid, kid)
  assert.doesNotMatch(listed.output, /private|"d"/)
})

test('accounts set-password: from standard input; the old one is refused, the new one gets in', async () => {
  await using server = await startServer()
  const args = ['accounts', 'set-password', OWNER.username, '--data-dir', server.dataDir]
  const short = await corpusiq(args, { input: 'short\n' })
  assert.equal(short.code, 1)
  assert.match(short.errors, /at least 8 characters/)
  const set = await corpusiq(args, { input: 'another long sentence\n' })
  assert.equal(set.code, 0, set.errors)
  assert.doesNotMatch(set.output + set.errors, /another long/)

  assert.ok((await signedIn(OWNER.password)) === false)
  assert.ok(await signedIn('another long sentence'))
  const listed = await corpusiq(['accounts', 'list', '--json', '--data-dir', server.dataDir])
  assert.equal(JSON.parse(listed.output)[0].username, OWNER.username)
  assert.doesNotMatch(listed.output, /argon2/)
  const unknown = await corpusiq(['accounts', 'set-password', 'nobody', '--data-dir', server.dataDir])
  assert.equal(unknown.code, 1)
  assert.match(unknown.errors, /^corpusiq: There is no account nobody\.?[^\n]*\n$/)

  async function signedIn(password: string): Promise<boolean> {
    const browser = new Browser(server)
    const login = await browser.open(`${server.url}/login`)
    const form = login.forms.find(({ fields }) => fields.has('password'))
    assert.ok(form)
    const visit = await browser.submit(login, form, { username: OWNER.username, password })
    return !visit.forms.some(({ fields }) => fields.has('password'))
  }
})

test('commands make no database where there is none, and say so in one line', async (context) => {
  const dataDir = join(await emptyDirectory(context), 'none')
  for (const command of [
    ['clients', 'list'],
    ['grants', 'list'],
    ['keys', 'list'],
  ]) {
    const ended = await corpusiq([...command, '--data-dir', dataDir])
    assert.equal(ended.code, 1)
    assert.match(ended.errors, /^corpusiq: There is no CorpusIQ data in \S+none\. [^\n]*\n$/)
  }
})

test('a reader that has read enough ends a command quietly, also one that goes on', async (context) => {
  await using server = await startServer()
  const dataDir = await emptyDirectory(context)
  for (const args of [
    ['corpus', 'list', '--json', '--data-dir', dataDir],
    ['journal', '--follow', '--data-dir', server.dataDir],
  ]) {
    const child = spawn(process.execPath, [MAIN, ...args], { env: ownEnvironment() })
    child.stdout.destroy()
    const errors = collect(child.stderr)
    // Something comes to the door, and is told to nobody.
    const [code] = await Promise.all([once(child, 'close').then(([ended]) => ended), registerClient(server)])
    assert.deepEqual([code, errors()], [0, ''], args.join(' '))
  }
})

test('--version is the package’s, --help shows examples, what is unknown ends with exit code 1', async () => {
  assert.match((await corpusiq(['--version'])).output, /^\d+\.\d+\.\d+\n$/)
  assert.match((await corpusiq(['--help'])).output, /Examples:\n {2}corpusiq serve \.\/my-notes/)
  assert.match((await corpusiq(['serve', '--help'])).output, /--oauth-resource-url/)
  assert.equal((await corpusiq(['srve'])).code, 1)
  assert.equal((await corpusiq(['serve', '--prot', '1'])).code, 1)
})
