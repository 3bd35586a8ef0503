import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  audit,
  granted,
  NOW,
  newCode,
  newSigningKey,
  registered,
  temporaryDirectory,
  temporaryStore,
} from './rows.ts'

/** Another process on the same directory that waits, once its store is open, for the word to begin. */
async function contender(t: TestContext, dataDir: string, verb: string, subject = '') {
  const script = fileURLToPath(new URL('contender.ts', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', script, dataDir, verb, subject], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  assert.ok(child.stdout && child.stdin)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async () => String((await lines.next()).value)
  assert.equal(await line(), 'ready')
  return {
    child,
    line,
    begin: () => child.stdin?.write('begin\n'),
    results: async () => JSON.parse(await line()) as string[],
  }
}

/** What two processes, each with ten calls at once, got. */
async function contest(t: TestContext, dataDir: string, verb: string, subject = ''): Promise<string[]> {
  const both = await Promise.all([contender(t, dataDir, verb, subject), contender(t, dataDir, verb, subject)])
  for (const one of both) one.begin()
  return (await Promise.all(both.map((one) => one.results()))).flat()
}

const count = (results: string[], result: string) => results.filter((each) => each === result).length

test('two processes redeem one code: exactly one call gets the grant, and the replays end it', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await temporaryStore(t, dataDir)
  const { client_id } = await registered(store)
  const code = newCode(client_id)
  await store.codes.issue(code)
  const results = await contest(t, dataDir, 'redeem', `${client_id} ${code.key.toString('hex')}`)
  assert.deepEqual([count(results, 'redeemed'), count(results, 'replayed')], [1, 19])
  assert.deepEqual(await store.grants.page({ limit: 10 }), [])
})

test('two processes rotate one refresh token: ten branches, no more', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await temporaryStore(t, dataDir)
  const { token, grant } = await granted(store)
  const results = await contest(t, dataDir, 'rotate', token.toString('hex'))
  assert.deepEqual([count(results, 'rotated'), count(results, 'refused')], [10, 10])
  assert.equal(await store.grants.isLive(grant.grant_id), true)
})

test('two processes create the owner, or answer one consent page: one call wins', async (t) => {
  const dataDir = temporaryDirectory(t)
  const store = await temporaryStore(t, dataDir)
  const { client_id } = await registered(store)
  assert.equal(count(await contest(t, dataDir, 'createOwner'), 'true'), 1)
  const answers = await contest(t, dataDir, 'issue', client_id)
  assert.deepEqual([count(answers, 'issued'), count(answers, 'decided_before')], [1, 19])
})

test('two processes start on an empty directory: both get the same schema, one adds the signing key', async (t) => {
  const dataDir = temporaryDirectory(t)
  const results = await contest(t, dataDir, 'addFirst')
  assert.equal(count(results, 'true'), 1)
  const store = await temporaryStore(t, dataDir)
  assert.equal((await store.keys.list()).length, 1)
})

test('A-131 what another process revokes, deletes, rotates or ends is seen at the next call', async (t) => {
  const dataDir = temporaryDirectory(t)
  const [store, other] = [await temporaryStore(t, dataDir), await temporaryStore(t, dataDir)]
  const first = await granted(store)
  const second = await granted(store)
  await store.keys.addFirst(newSigningKey('a'))
  const look = async () => [
    await store.grants.isLive(first.grant.grant_id),
    await store.grants.isLive(second.grant.grant_id),
    (await store.clients.find(second.client_id)) !== undefined,
    (await store.keys.list())[0]?.kid,
  ]
  assert.deepEqual(await look(), [true, true, true, 'a'])
  assert.deepEqual(await look(), [true, true, true, 'a'], 'from memory')
  await other.grants.revoke(first.grant.grant_id, audit('grant.revoked'))
  assert.deepEqual(await look(), [false, true, true, 'a'])
  await other.clients.remove(second.client_id, audit('client.deleted'))
  assert.deepEqual(await look(), [false, false, false, 'a'])
  await other.keys.rotate(newSigningKey('b'), NOW, audit('key.rotated'))
  assert.deepEqual(await look(), [false, false, false, 'b'])

  const third = await granted(store)
  assert.equal(await store.grants.isLive(third.grant.grant_id), true)
  const [revoked] = await contest(t, dataDir, 'revoke', third.grant.grant_id)
  assert.notEqual(revoked, undefined)
  assert.equal(await store.grants.isLive(third.grant.grant_id), false)
})

test('A-177 after kill -9 every acknowledged client and every spent code is there', async (t) => {
  const dataDir = temporaryDirectory(t)
  const child = await contender(t, dataDir, 'work')
  child.begin()
  const registrations: string[] = []
  const redemptions: string[] = []
  while (redemptions.length < 200) {
    const [what, id = ''] = (await child.line()).split(' ')
    ;(what === 'registered' ? registrations : redemptions).push(id)
  }
  child.child.kill('SIGKILL')
  // What was acknowledged before the kill may still be in the pipe.
  for (let line = await child.line(); line !== 'undefined'; line = await child.line()) {
    const [what, id = ''] = line.split(' ')
    if (what === 'registered' && id.length === 41) registrations.push(id)
  }
  if (child.child.signalCode === null) await once(child.child, 'exit')

  const store = await temporaryStore(t, dataDir)
  for (const client_id of registrations)
    assert.notEqual(await store.clients.find(client_id), undefined, client_id)
  const accepted = await store.audit.page({ limit: 1_000_000 })
  assert.equal(
    await store.clients.count(),
    accepted.length,
    'each client with its audit record, none without',
  )
  for (const hex of redemptions) {
    const key = Buffer.from(hex, 'hex')
    const again = await store.codes.redeem(key, NOW, {
      ...(await granted(store)).grant,
      grant_id: `grant_${hex}`,
    })
    assert.equal(again.outcome, 'replayed')
  }
})
