import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIDENTIAL_CLIENT, type RegisteredClient, registerClient } from '../support/scenario.ts'
import { basic, post } from '../support/stored.ts'
import {
  assertServed,
  codeFor,
  createTarget,
  createTargetOfFile,
  granted,
  notAuthenticated,
  refused,
} from '../support/target.ts'

const target = await createTargetOfFile()
const { app, holder } = target

const secretOf = ({ client_secret }: RegisteredClient) => client_secret ?? assert.fail('no secret')

/** A token request for a fresh code without any proof of who asks. */
async function unproved(client: RegisteredClient): Promise<Record<string, string>> {
  const { code, verifier, redirect_uri } = await codeFor(target, client)
  return { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri }
}

const byHeader = (request: Record<string, string>, id: string, secret: string) =>
  post(app, '/token', request, basic(id, secret))

test('A-115 guessing: a secret has 256 random bits, and a thousand guesses lock nobody out', async () => {
  const secrets = []
  for (let index = 0; index < 64; index++)
    secrets.push(secretOf(await registerClient(app, CONFIDENTIAL_CLIENT)))
  const random = secrets.map((secret) =>
    Buffer.from(/^secret_[0-9a-f]{12}(.{43})$/.exec(secret)?.[1] ?? '', 'base64url'),
  )
  for (let bit = 0; bit < 256; bit++) {
    const values = new Set(random.map((bytes) => ((bytes[bit >> 3] ?? assert.fail()) >> (bit & 7)) & 1))
    assert.equal(values.size, 2, `bit ${bit}`)
  }
  const request = await unproved(holder)
  const guesses = Array.from({ length: 1000 }, (_, n) => byHeader(request, holder.client_id, `secret_${n}`))
  for (const answer of await Promise.all(guesses)) notAuthenticated(answer, true)
  granted(await byHeader(request, holder.client_id, secretOf(holder)))
})

test('A-115 with argon2id the hashing is bounded: 503 beyond, while public clients are served', async () => {
  const other = await createTarget({ env: { CORPUSIQ_CLIENT_SECRET_HASH: 'argon2id' } })
  await using site = other.app
  const { client_id } = other.holder
  const guesses = Array.from({ length: 100 }, () =>
    post(site, '/introspect', { token: 'x' }, basic(client_id, 'wrong')),
  )
  const honest = await post(site, '/revoke', { token: 'x', client_id: other.open.client_id })
  assert.equal(honest.status, 200)
  const answers = await Promise.all(guesses)
  const busy = answers.filter(({ status }) => status === 503)
  assert.ok(busy.length > 0)
  for (const answer of busy) {
    refused(answer, 'temporarily_unavailable', 503)
    assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
  }
  for (const answer of answers) if (answer.status !== 503) notAuthenticated(answer, true)
  await assertServed(other)
})
