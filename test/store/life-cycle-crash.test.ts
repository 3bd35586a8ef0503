/** kill -9 amid replacement, removal, revival, eviction and counted tokens: all of a step is there, or nothing. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sha256 } from '../../src/ops/digest.ts'
import { DATABASE, openStore } from '../../src/store/open.ts'
import { createDice } from '../crash/dice.ts'
import { temporaryDirectory } from './rows.ts'

const ROUNDS = Number(process.env.CORPUSIQ_CRASH_ROUNDS ?? 3)
const SEED = Number(process.env.CORPUSIQ_CRASH_SEED ?? randomInt(2 ** 32))
const MAX_UNUSED = 100

/** What is known of a client: the steps acknowledged, and the one that was asked for when the end came. */
type Known = { authorized: boolean; revision: number; gone: boolean; asked: string | undefined }

/** Until the kill, which comes after so many steps: what was told of each client, and of each token's uses. */
async function killed(t: TestContext, dataDir: string, seed: number, steps: number) {
  const script = fileURLToPath(new URL('life-cycle-worker.ts', import.meta.url))
  const child = spawn(process.execPath, ['--no-warnings', script, dataDir, `${seed}`, `${MAX_UNUSED}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  const clients = new Map<string, Known>()
  const spent = new Map<string, number>()
  let left = steps
  for await (const line of createInterface({ input: child.stdout })) {
    const [when, name = '', id = '', revision] = line.split(' ')
    // Cut off by the kill.
    if (name === '' || (id.length !== 41 && id.length !== 76)) continue
    if (left-- === 0) child.kill('SIGKILL')
    if (name === 'create' || name === 'spend') {
      if (when === 'done') spent.set(id, (spent.get(id) ?? 0) + (name === 'spend' ? 1 : 0))
      continue
    }
    const known = clients.get(id) ?? { authorized: false, revision: 0, gone: false, asked: undefined }
    clients.set(id, known)
    known.asked = when === 'ask' ? name : undefined
    if (when === 'ask') continue
    if (name === 'authorize') known.authorized = true
    if (name === 'replace') known.revision = Number(revision)
    if (name === 'remove') known.gone = true
    if (name === 'revive') Object.assign(known, { gone: false, revision: known.revision + 1 })
  }
  await exit
  assert.equal(child.signalCode, 'SIGKILL', 'the worker ended before the kill: its own fault is above')
  return { clients, spent }
}

function checkTokens(dataDir: string, spent: ReadonlyMap<string, number>): void {
  const database = new DatabaseSync(join(dataDir, DATABASE), { readOnly: true })
  assert.deepEqual(
    database
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => row.integrity_check),
    ['ok'],
  )
  const left = database.prepare('SELECT uses_left FROM registration_tokens WHERE token_id = ?')
  const registered = database.prepare(
    "SELECT count(*) AS count FROM audit WHERE type = 'token.spent' AND detail = ?",
  )
  for (const [token_id, acknowledged] of spent) {
    const count = Number(registered.get(token_id)?.count)
    assert.equal(left.get(token_id)?.uses_left, 5 - count, 'uses and clients are counted together')
    assert.ok(count >= acknowledged && count <= 5, `${acknowledged} acknowledged, ${count} there`)
  }
  const unused = database.prepare(
    'SELECT count(*) AS count FROM clients WHERE authorized_at = 0 AND source IS NULL',
  )
  assert.ok(Number(unused.get()?.count) <= MAX_UNUSED)
  const both = 'SELECT count(*) AS count FROM tombstones JOIN clients USING (client_id)'
  assert.equal(database.prepare(both).get()?.count, 0, 'dead and alive')
  database.close()
}

test('A-177 after kill -9 no replacement, removal, revival or counted use is lost, none is half done, and nobody comes back', async (t) => {
  t.diagnostic(`CORPUSIQ_CRASH_SEED=${SEED}`)
  const dice = createDice(SEED)
  const dataDir = temporaryDirectory(t)
  const all = new Map<string, Known>()
  for (let round = 1; round <= ROUNDS; round++) {
    const { clients, spent } = await killed(t, dataDir, dice.below(2 ** 31), 100 + dice.below(1500))
    checkTokens(dataDir, spent)
    for (const [client_id, known] of clients) if (known.authorized) all.set(client_id, known)
    const store = await openStore({ dataDir, maxUnusedClients: MAX_UNUSED })
    const tally = { there: 0, gone: 0, inFlight: 0 }
    // Those of earlier rounds too: later floods and crashes have not touched them.
    for (const [client_id, known] of all) {
      const client = await store.clients.find(client_id)
      const tombstone = await store.clients.findTombstone(client_id)
      const { asked } = known
      const told = `round ${round}: ${client_id} ${JSON.stringify(known)}`
      if (asked === 'remove' || asked === 'revive')
        assert.notEqual(client === undefined, tombstone === undefined, told)
      else assert.deepEqual([client === undefined, tombstone !== undefined], [known.gone, known.gone], told)
      if (asked) tally.inFlight++
      // What happened to a step without an answer is known from now on.
      Object.assign(known, { asked: undefined, gone: client === undefined })
      if (!client) {
        tally.gone++
        continue
      }
      tally.there++
      const revision = client.revision ?? 0
      const more = asked === 'replace' || asked === 'revive' ? 1 : 0
      assert.ok(revision === known.revision || revision === known.revision + more, told)
      known.revision = revision
      // Revived, a client has no registration token any more.
      if (client.registration_token_hash === undefined) continue
      assert.deepEqual(
        [
          client.metadata.client_name,
          client.registration_token_hash,
          client.previous_registration_token_hash,
        ],
        [
          `${revision}`,
          sha256(`${client_id} ${revision}`),
          revision > 0 ? sha256(`${client_id} ${revision - 1}`) : undefined,
        ],
        `half replaced, ${told}`,
      )
    }
    await store.close()
    t.diagnostic(`round ${round}: ${JSON.stringify(tally)}`)
  }
})
