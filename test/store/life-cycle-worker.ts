/**
 * A process of its own for `life-cycle-crash.test.ts`: clients live and die at once, and each step is told before it
 * is asked for and after it was acknowledged, until the process is killed.
 */
import type { Client } from '../../src/oauth/client.ts'
import { sha256 } from '../../src/ops/digest.ts'
import { openStore } from '../../src/store/open.ts'
import { createDice } from '../crash/dice.ts'
import { audit, granted, NOW, newClient, newKey } from './rows.ts'

const [dataDir = '', seed = '0', maxUnusedClients = '0'] = process.argv.slice(2)
const store = await openStore({ dataDir, maxUnusedClients: Number(maxUnusedClients) })
const dice = createDice(Number(seed))

/** A pipe is written at once: what was told is told, even when the next statement is the last. */
async function step<T>(name: string, subject: string, run: () => Promise<T>): Promise<T> {
  process.stdout.write(`ask ${name} ${subject}\n`)
  const result = await run()
  process.stdout.write(`done ${name} ${subject}\n`)
  return result
}

/** Every member tells the revision, so that a torn row shows. */
function at(client: Client, revision: number): Client {
  const { client_id } = client
  return {
    ...client,
    metadata: { ...client.metadata, client_name: `${revision}` },
    registration_token_hash: sha256(`${client_id} ${revision}`),
    ...(revision > 0 && { previous_registration_token_hash: sha256(`${client_id} ${revision - 1}`) }),
  }
}

async function live(): Promise<void> {
  const client = at(newClient(), 0)
  const { client_id } = client
  const accepted = audit('registration.accepted', { client_id })
  await step('register', client_id, () => store.clients.register(client, accepted))
  // Most stay unused: they make room for each other.
  if (dice.below(4) > 0) return
  // Evicted in the meantime: not one that was ever authorized.
  if ((await store.clients.find(client_id)) === undefined) return
  await step('authorize', client_id, () => granted(store, client_id))
  for (let more = dice.below(4); more > 0; more--) {
    const found = await store.clients.find(client_id)
    if (!found) throw new Error(`${client_id} was authorized and is gone`)
    const revision = (found.revision ?? 0) + 1
    const outcome = await step('replace', `${client_id} ${revision}`, () =>
      store.clients.replace({ ...at(found, revision), revision: revision - 1 }, audit('client.replaced')),
    )
    if (outcome !== 'replaced') throw new Error(`${client_id} was ${outcome}`)
  }
  if (dice.below(2) === 0) return
  await step('remove', client_id, () => store.clients.remove(client_id, audit('client.deleted')))
  if (dice.below(2) === 0) return
  await step('revive', client_id, () => store.clients.revive(client_id, audit('client.revived')))
}

/** A token with five uses, and more registrations than that at once. */
async function spend(): Promise<void> {
  const token_id = newKey().toString('hex')
  const key = newKey('initial_')
  const token = { token_id, key, created_at: NOW, expires_at: 0, uses_left: 5 }
  await step('create', token_id, () => store.registrationTokens.create(token, audit('created')))
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const client = newClient({ source: 'operator' })
      const outcome = await store.clients.register(client, audit('token.spent', { detail: token_id }), {
        registrationToken: key,
      })
      if (outcome === 'registered') process.stdout.write(`done spend ${token_id}\n`)
    }),
  )
}

async function forever(work: () => Promise<void>): Promise<never> {
  for (;;) await work()
}

await Promise.all([...Array.from({ length: 8 }, () => forever(live)), forever(spend)])
