import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createCorpusIQ, type Event } from './index.ts'

const NOTES = fileURLToPath(new URL('../test/data/notes', import.meta.url))
const PEER = { address: '127.0.0.1' }

async function settings(context: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'corpusiq-library-'))
  context.after(() => rm(directory, { recursive: true, force: true }))
  return {
    CORPUSIQ_CORPUS: NOTES,
    CORPUSIQ_DATA_DIR: directory,
    CORPUSIQ_OAUTH_RESOURCE_URL: 'https://notes.example.com',
  }
}

test('the library is one function from request to response, and tells its events', async (context) => {
  const events: Event[] = []
  const corpusiq = await createCorpusIQ({
    settings: await settings(context),
    emit: (event) => events.push(event),
  })
  const metadata = await corpusiq.fetch(
    new Request('https://notes.example.com/.well-known/oauth-authorization-server'),
    PEER,
  )
  assert.equal(metadata.status, 200)
  assert.match((await corpusiq.setupLink()) ?? '', /^https:\/\/notes\.example\.com\/setup\?/)
  const registered = await corpusiq.fetch(
    new Request('https://notes.example.com/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://example.com/callback'] }),
    }),
    PEER,
  )
  assert.equal(registered.status, 201)
  assert.ok(events.some(({ type }) => type === 'registration.accepted'))
  await corpusiq.close()
})

test('one data directory is held by one server; closed, it is free again', async (context) => {
  const options = { settings: await settings(context), emit: () => {} }
  const first = await createCorpusIQ(options)
  await assert.rejects(createCorpusIQ(options), /Another CorpusIQ server uses the data directory/)
  await first.close()
  const second = await createCorpusIQ(options)
  await second.close()
})

test('the policy of the program decides beside the settings, and a policy file that is wrong rejects', async (context) => {
  const right = await settings(context)
  const corpusiq = await createCorpusIQ({
    settings: right,
    emit: () => {},
    registrationPolicy: (client, { action, address }) =>
      client.redirect_uris.includes('https://example.com/callback')
        ? { error: 'access_denied', error_description: `not by ${action} from ${address}` }
        : undefined,
  })
  const register = async (redirect_uri: string) => {
    const request = new Request('https://notes.example.com/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [redirect_uri] }),
    })
    return corpusiq.fetch(request, PEER)
  }
  const refused = await register('https://example.com/callback')
  assert.equal(refused.status, 403)
  assert.deepEqual(await refused.json(), {
    error: 'access_denied',
    error_description: 'not by register from 127.0.0.1',
  })
  assert.equal((await register('https://example.com/other')).status, 201)
  await corpusiq.close()
  const wrong = { ...right, CORPUSIQ_REGISTRATION_POLICY: join(right.CORPUSIQ_DATA_DIR, 'none.json') }
  await assert.rejects(
    createCorpusIQ({ settings: wrong }),
    /^Error: CORPUSIQ_REGISTRATION_POLICY: .*none\.json/,
  )
})

test('a wrong setting rejects with its name, fault and example', async (context) => {
  const wrong = { ...(await settings(context)), CORPUSIQ_PORT: 'x' }
  await assert.rejects(createCorpusIQ({ settings: wrong }), /^Error: CORPUSIQ_PORT: "x" is not .* Example: /)
})

test('called without types, a name that is no setting and a value that is no string are refused', async (context) => {
  const right = await settings(context)
  const calls: [Record<string, unknown>, RegExp][] = [
    [{ ...right, CORPUSIQ_PROT: '1' }, /"CORPUSIQ_PROT" is not a setting; did you mean CORPUSIQ_PORT\?/],
    [{ ...right, CORPUSIQ_PORT: 8787 }, /CORPUSIQ_PORT has to be a string/],
    [{ ...right, CORPUSIQ_CORPUS: undefined }, /CORPUSIQ_CORPUS is missing/],
  ]
  for (const [strange, message] of calls) {
    await assert.rejects(createCorpusIQ({ settings: strange as typeof right }), message)
  }
})
