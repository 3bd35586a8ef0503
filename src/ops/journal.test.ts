import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Event } from './events.ts'
import { createJournal, type JournalEntry } from './journal.ts'
import { systemRandom } from './random.ts'

const address = '203.0.113.9'

function journalOf(events: readonly Event[], secondsBetween = 0): JournalEntry[] {
  const entries: JournalEntry[] = []
  let time = 1_000_000
  const tell = createJournal({ append: (entry) => entries.push(entry) }, () => time)
  for (const event of events) {
    tell(event)
    time += secondsBetween
  }
  return entries
}

test('a registration stands with whether it is verified and with the hosts that get its codes, not the addresses', () => {
  const [entry] = journalOf([
    {
      type: 'registration.accepted',
      client_id: 'client_1',
      client_name: 'ChatGPT',
      redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
      address,
    },
  ])
  assert.deepEqual(entry, {
    at: 1_000_000,
    type: 'registration.accepted',
    address,
    client_id: 'client_1',
    client_name: 'ChatGPT',
    detail: 'registered; verified: ChatGPT; its codes go to chatgpt.com',
  })
  const [stranger] = journalOf([
    {
      type: 'registration.accepted',
      client_id: 'client_2',
      client_name: 'ChatGPT',
      redirect_uris: ['https://evil.example/cb?key=hidden'],
      address,
    },
  ])
  assert.match(stranger?.detail ?? '', /^registered; unverified; name resembles ChatGPT; .* evil\.example$/)
})

test('a client that waits for the owner says so, when it registers and when it becomes another one', () => {
  const client = {
    client_id: 'client_1',
    client_name: 'ChatGPT',
    redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
    approval: 'pending',
    address,
  } as const
  for (const entry of journalOf([
    { type: 'registration.accepted', ...client },
    { type: 'client.updated', ...client },
  ])) {
    assert.match(entry.detail ?? '', /chatgpt\.com; waits for the approval of the owner$/)
  }
  const [approved] = journalOf([{ type: 'client.approved', client_id: 'client_1' }])
  assert.equal(approved?.detail, 'approved by the owner: it may authorize now')
})

test('a refusal stands with its sentence and the known cause beside it', () => {
  const reason = 'redirect_uris[0] must be https; http is only for loopback (localhost, 127.0.0.1, [::1])'
  const [entry] = journalOf([
    { type: 'registration.refused', error: 'invalid_redirect_uri', reason, client_name: 'Old', address },
  ])
  assert.equal(entry?.detail, `registration refused: invalid_redirect_uri: ${reason}`)
  assert.match(entry?.cause ?? '', /plain http/)
  for (const reason of ['the refresh token is unknown or revoked', 'the refresh token is one of client_2']) {
    const [ended] = journalOf([
      { type: 'token.refused', error: 'invalid_grant', reason, client_id: 'client_1', address },
    ])
    assert.match(ended?.cause ?? '', /sign in again/)
  }
  const [dead] = journalOf([
    { type: 'token.refused', error: 'invalid_client', reason: 'unknown client', client_id: 'gone', address },
  ])
  assert.match(dead?.cause ?? '', /register anew/)
})

test('what repeats itself within a minute is written once; another answer, and the same later, again', () => {
  const again: Event = { type: 'access.challenged', address }
  const refused = (reason: string): Event => ({
    type: 'access.refused',
    error: 'invalid_token',
    reason,
    address,
  })
  assert.equal(journalOf([again, again, again]).length, 1)
  assert.equal(
    journalOf([again, refused('expired'), again, refused('expired'), refused('a bad signature')]).length,
    3,
  )
  assert.equal(journalOf([again, again], 60).length, 2)
  // A registration is a client: each counts.
  const accepted: Event = {
    type: 'registration.accepted',
    client_id: 'c',
    client_name: 'n',
    redirect_uris: ['https://a.example/'],
    address,
  }
  assert.equal(journalOf([accepted, accepted]).length, 2)
})

test('what is no business of the door is not in it', () => {
  assert.deepEqual(
    journalOf([
      { type: 'corpus.indexed', documents: 1, seconds: 1 },
      { type: 'request.failed', method: 'GET', path: '/', request_id: 'r', fault: new Error('x') },
      { type: 'registration.received', client_name: 'n', address },
    ]),
    [],
  )
})

const PREFIXES = ['code_', 'refresh_', 'secret_', 'session_', 'setup_', 'registration_', 'initial_']
const jwt = `eyJhbGciOiJFUzI1NiJ9.${'eyJzdWIiOiJvd25lciJ9'}.${'c2lnbmF0dXJl'.repeat(5)}`

test('no secret of ours is in the journal, whichever text a client puts it into, whole or cut, and nothing unsafe', () => {
  const dirty = fc
    .tuple(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom(...PREFIXES, 'jwt'),
      fc.string({ maxLength: 300 }),
    )
    .map(([before, kind, after]) => {
      const secret = kind === 'jwt' ? jwt : systemRandom.secret(kind)
      return { text: before + secret + after, secret }
    })
  fc.assert(
    fc.property(dirty, ({ text, secret }) => {
      const entries = journalOf([
        {
          type: 'registration.refused',
          error: 'invalid_client_metadata',
          reason: text,
          client_name: text,
          address: text,
        },
        { type: 'token.refused', error: 'invalid_client', reason: text, client_id: text, address },
        {
          type: 'authorization.requested',
          client_id: text,
          client_name: text,
          redirect_host: text,
          signed_in: true,
          address,
        },
        { type: 'authorization.approved', client_id: text, account_id: text, scope: text },
        { type: 'token.issued', grant_type: text, client_id: text, grant_id: text, scope: text },
        { type: 'access.refused', error: 'invalid_token', reason: text, address: text },
        {
          type: 'client.updated',
          client_id: text,
          client_name: text,
          redirect_uris: [`https://a.example/?${encodeURIComponent(text)}`],
          address,
        },
      ])
      assert.equal(entries.length, 7)
      const telling = secret.slice(-20)
      for (const entry of entries) {
        for (const value of Object.values(entry)) {
          const words = String(value)
          assert.ok(!words.includes(telling), words)
          assert.ok(!words.includes(secret.slice(0, 30)), words)
          assert.doesNotMatch(words, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
          assert.ok(words.length < 1500)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('of a flood so much is told in a second, and all that is not its like', () => {
  const registered = (number: number): Event => ({
    type: 'registration.accepted',
    client_id: `client_${number}`,
    client_name: 'Flood',
    redirect_uris: ['https://flood.example/cb'],
    address,
  })
  const signedIn: Event = { type: 'login.succeeded', account_id: 'account_1', address }
  const entries = journalOf([...Array.from({ length: 3000 }, (_, number) => registered(number)), signedIn])
  assert.equal(entries.filter(({ type }) => type === 'registration.accepted').length, 500)
  assert.equal(entries.at(-1)?.type, 'login.succeeded')
})
