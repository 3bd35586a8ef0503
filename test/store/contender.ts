/** A process of its own on a data directory, for `processes.test.ts`: opens the store, waits for the word, does the verb. */
import { createInterface } from 'node:readline'
import { openStore } from '../../src/store/open.ts'
import { ACCOUNT, audit, NOW, newClient, newCode, newGrant, newKey, newSigningKey } from './rows.ts'

const [dataDir = '', verb = '', subject = ''] = process.argv.slice(2)
const store = await openStore({ dataDir })
const random = () => newKey().toString('hex')

const verbs: Record<string, () => Promise<unknown>> = {
  redeem: async () => {
    const [client_id = '', hex = ''] = subject.split(' ')
    const token = { key: newKey('refresh_'), expires_at: NOW + 1000 }
    return (await store.codes.redeem(Buffer.from(hex, 'hex'), NOW, newGrant(client_id), token)).outcome
  },
  rotate: () =>
    store.refreshTokens.rotate(
      Buffer.from(subject, 'hex'),
      { key: newKey('refresh_'), expires_at: NOW + 1000 },
      NOW,
      { grace: 60, branches: 10 },
    ),
  createOwner: () =>
    store.accounts.createOwner(
      { ...ACCOUNT, account_id: random(), username: random() },
      audit('owner.created'),
    ),
  issue: () => {
    const consent = {
      account_id: ACCOUNT.account_id,
      client_id: subject,
      scope: 'corpus:read',
      redirect_hosts: [],
    }
    return store.codes.issue(newCode(subject), { id: 'decision_1', expires_at: NOW + 60, consent })
  },
  addFirst: () => store.keys.addFirst(newSigningKey(random())),
  revoke: () => store.grants.revoke(subject, audit('grant.revoked')),
}

console.log('ready')
for await (const _ of createInterface({ input: process.stdin })) {
  if (verb === 'work') await Promise.all(Array.from({ length: 16 }, work))
  const call = verbs[verb]
  const results = call ? await Promise.all(Array.from({ length: 10 }, call)) : []
  console.log(JSON.stringify(results.map(String)))
  break
}
await store.close()

/** Registers clients and spends codes until the end, and says of each when it was acknowledged. */
async function work(): Promise<never> {
  for (;;) {
    const client = newClient()
    const { client_id } = client
    await store.clients.register(client, audit('registration.accepted', { client_id }))
    process.stdout.write(`registered ${client_id}\n`)
    const code = newCode(client_id)
    await store.codes.issue(code)
    await store.codes.redeem(code.key, NOW, newGrant(client_id))
    process.stdout.write(`redeemed ${code.key.toString('hex')}\n`)
  }
}
