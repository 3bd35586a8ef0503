/** The journal as a person reads it, beside a running server. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Browser } from '../support/browser.ts'
import { startServer } from '../support/running-server.ts'
import {
  authorizationRequest,
  callMcp,
  obtainTokens,
  PUBLIC_CLIENT,
  refresh,
  registerClient,
  signInAndDecide,
} from '../support/scenario.ts'
import { postJson } from '../support/site.ts'
import { collect, corpusiq, emptyDirectory, ownEnvironment } from './program.ts'

type Line = {
  type: string
  client_id?: string
  client_name?: string
  detail: string
  cause?: string
  note?: { type: string; text: string }
}

test('journal: what came to the door, in order, with its cause; of one client alone; the last ones alone', async () => {
  await using server = await startServer()
  const data = ['--data-dir', server.dataDir]
  await callMcp(server, undefined)
  await fetch(`${server.url}/.well-known/oauth-authorization-server`)
  const bad = { ...PUBLIC_CLIENT, client_name: 'Plain', redirect_uris: ['http://plain.example/cb'] }
  assert.equal((await postJson(server, `${server.url}/register`, bad)).status, 400)
  const client = await registerClient(server)
  const browser = new Browser(server)
  await signInAndDecide(browser, authorizationRequest(server, client).url, 'deny')
  const tokens = await obtainTokens(server, client, { browser })
  assert.equal((await callMcp(server, tokens.access_token)).status, 200)
  assert.equal((await corpusiq(['clients', 'delete', client.client_id, ...data])).code, 0)
  assert.equal((await refresh(server, client, tokens.refresh_token ?? '')).status, 401)
  const next = await registerClient(server)
  assert.equal(await server.stop(), 0)

  const whole: Line[] = JSON.parse((await corpusiq(['journal', '--json', ...data])).output)
  assert.deepEqual(
    whole.filter(({ type }) => type !== 'owner.created').map(({ type }) => type),
    [
      'access.challenged',
      'metadata.read',
      'registration.refused',
      'registration.accepted',
      'authorization.requested',
      'login.succeeded',
      'authorization.requested',
      'authorization.denied',
      'authorization.approved',
      'token.issued',
      'access.granted',
      'client.deleted',
      'token.refused',
      'registration.accepted',
    ],
  )
  const [refused] = whole.filter(({ type }) => type === 'registration.refused')
  assert.match(refused?.detail ?? '', /redirect_uris\[0\] must be https/)
  assert.match(refused?.cause ?? '', /plain http/)
  assert.match(whole.at(-1)?.note?.text ?? '', /^registered anew after a 401/)
  // The event tells no name: another entry of the client does.
  assert.equal(whole.find(({ type }) => type === 'authorization.denied')?.client_name, 'Test Client')

  const text = (await corpusiq(['journal', ...data])).output
  assert.match(
    text,
    /\d\d:\d\d:\d\d {2}127\.0\.0\.1 +Test Client \(client_\S+\) {2}registered; unverified; its codes go to client\.example\.com\n/,
  )
  assert.match(text, /denied by the person\n/)
  assert.match(text, /\n {4}The id was deleted here\./)
  assert.doesNotMatch(text, /(?:code|refresh|secret|session)_[0-9a-f]{12}/)

  const one: Line[] = JSON.parse(
    (await corpusiq(['journal', '--json', '--client', next.client_id, ...data])).output,
  )
  assert.deepEqual(
    one.map(({ type, client_id }) => [type, client_id]),
    [['registration.accepted', next.client_id]],
  )
  const last: Line[] = JSON.parse((await corpusiq(['journal', '--json', '--limit', '2', ...data])).output)
  assert.deepEqual(last, whole.slice(-2))
  assert.match(
    (await corpusiq(['journal', '--limit', 'x', ...data])).errors,
    /^corpusiq: --limit x is no number/,
  )
})

test('journal --follow goes on beside the server: each line as it comes', async (context) => {
  await using server = await startServer()
  await registerClient(server)
  const child = spawn(
    process.execPath,
    [MAIN, 'journal', '--follow', '--json', '--data-dir', server.dataDir],
    { cwd: await emptyDirectory(context), env: ownEnvironment() },
  )
  const output = collect(child.stdout)
  const says = async (pattern: RegExp) => {
    while (!pattern.test(output())) await once(child.stdout, 'data')
  }
  try {
    await says(/"registration\.accepted"/)
    await registerClient(server, { ...PUBLIC_CLIENT, client_name: 'A later one' })
    await says(/A later one/)
    for (const line of output().trimEnd().split('\n')) JSON.parse(line)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
})

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
