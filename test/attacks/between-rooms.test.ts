/** What no list had: attacks where two rooms each did their part, found by reading the whole house. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Folder, walk } from '../../src/corpus/sources/folder.ts'
import { corpusiq } from '../cli/program.ts'
import { testFolder } from '../corpus/folder.ts'
import { registerManaged, update } from '../support/managing.ts'
import { createMemoryCorpus } from '../support/memory-corpus.ts'
import { authorize, obtainTokens, PUBLIC_CLIENT, registerClient } from '../support/scenario.ts'
import { createTestApp } from '../support/test-app.ts'
import { isPage, isRedirectError, urlFor } from './authorization-answers.ts'
import { consentScene } from './consent-scene.ts'
import { failuresOf } from './served-app.ts'

for (const uri of ['https://127.0.0.1.attacker.example/cb', 'https://127.attacker.example/cb']) {
  test(`A-181 ${uri} is a place on the network: the page never says that it is a program on this device`, async () => {
    const scene = await consentScene()
    const client = await registerClient(scene.app, {
      ...PUBLIC_CLIENT,
      client_name: 'Claude Code',
      redirect_uris: [uri],
    })
    const { page } = await scene.consentFor(client, { redirect_uri: uri })
    assert.ok(page.text.includes(`<p class="host">${new URL(uri).host}</p>`), page.text)
    assert.doesNotMatch(page.text, /on this device/)
    assert.match(page.text, /looks like, that of Claude Code/)
    await scene.end()
  })
}

test('A-181 a rule for web clients holds for a host that only begins like loopback', async () => {
  const registrationRules = { web: { token_endpoint_auth_methods: ['client_secret_basic'] as const } }
  await using app = await createTestApp({ registrationRules })
  const response = await app.fetch(
    new Request(`${app.url}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...PUBLIC_CLIENT, redirect_uris: ['https://127.0.0.1.attacker.example/cb'] }),
    }),
  )
  assert.equal(response.status, 400)
})

test('A-182 a batch of small questions gets no answer that fills the memory', async () => {
  const documents = createMemoryCorpus()
  let fetched = 0
  const corpus = {
    ...documents,
    fetch: (id: string) => {
      fetched++
      return documents.fetch(id)
    },
  }
  await using app = await createTestApp({ corpus })
  const { access_token } = await obtainTokens(app, await registerClient(app))
  const ask = (count: number) => {
    const params = { name: 'fetch', arguments: { id: 'doc_tea' } }
    const batch = Array.from({ length: count }, (_, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params,
    }))
    const headers = {
      authorization: `Bearer ${access_token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    }
    return app.fetch(new Request(`${app.url}/mcp`, { method: 'POST', headers, body: JSON.stringify(batch) }))
  }
  for (const count of [11, 100, 5000]) {
    const response = await ask(count)
    assert.equal(response.status, 400, String(count))
    assert.equal(((await response.json()) as { error: { code: number } }).error.code, -32600)
  }
  assert.equal(fetched, 0)
  const answers = (await (await ask(10)).json()) as unknown[]
  assert.equal(answers.length, 10, 'an honest batch is answered')
  assert.deepEqual(failuresOf(app), [])
})

test('A-183 nothing of a registration is an order to the terminal of the operator who looks at it', async () => {
  await using app = await createTestApp()
  const orders = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e'
  const key = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), [`${orders}name`]: orders }
  const { client_id } = await registerClient(app, {
    ...PUBLIC_CLIENT,
    jwks: { keys: [key] },
  })
  for (const command of [
    ['clients', 'show', client_id],
    ['clients', 'show', client_id, '--json'],
    ['clients', 'list'],
    ['journal'],
  ]) {
    const { code, output, errors } = await corpusiq([...command, '--data-dir', app.settings.dataDir])
    assert.equal(code, 0, errors)
    assert.doesNotMatch(output, /[^\P{C}\n]/u, command.join(' '))
    if (command.includes('--json')) assert.equal(JSON.parse(output).jwks.keys[0][`${orders}name`], orders)
  }
})

test('A-184 a hint at or below the data directory, where that lies in a served folder, leads to nothing', (t) => {
  const { path: root } = testFolder(t, { 'tea.md': '# Tea' })
  const data = join(root, 'data')
  mkdirSync(join(data, 'logs'), { recursive: true })
  for (const name of ['server.log', 'logs/server.log']) writeFileSync(join(data, name), 'access granted')
  writeFileSync(join(root, 'data.md'), '# Data')
  const folder: Folder = { name: 'notes', root, excluded: [data] }
  const met = (under: string) => [...walk(folder, under, () => {})].map(({ path }) => path).toSorted()
  for (const hint of ['data', 'data/server.log', 'data/logs', 'data/logs/server.log']) {
    assert.deepEqual(met(hint), [], hint)
  }
  assert.deepEqual(met(''), ['data.md', 'tea.md'])
})

test('A-185 a stranger’s link with the id of a client whose address forwards gets no code without a word', async () => {
  const scene = await consentScene()
  for (const redirect_uri of ['https://vscode.dev/redirect', 'https://oauth.n8n.cloud/oauth2/callback']) {
    const client = await registerClient(scene.app, { ...PUBLIC_CLIENT, redirect_uris: [redirect_uri] })
    await authorize(scene.app, client, { browser: scene.browser })
    await scene.makesNoCode(async () => {
      const { form } = await scene.consentFor(client, { state: 'https://attacker.example' })
      assert.equal(form.buttons.length, 1, 'allowed before: one button will do')
    })
  }
  await scene.end()
})

test('A-186 a client that the person allowed leads nobody to a host that it added since', async () => {
  const scene = await consentScene()
  const client = await registerManaged(scene.app)
  await authorize(scene.app, client, { browser: scene.browser })
  const [first = ''] = client.redirect_uris
  const added = 'https://phishing.example/sign-in'
  const updated = await update(scene.app, client, { ...PUBLIC_CLIENT, redirect_uris: [first, added] })
  assert.equal(updated.status, 200)
  const faulty = (redirect_uri: string) =>
    scene.browser.open(urlFor(scene.app, client, { redirect_uri, response_type: 'token' }))
  isPage(await faulty(added))
  const iss = scene.app.url
  isRedirectError(await faulty(first), 'unsupported_response_type', { redirect_uri: first, iss })
  await scene.end()
})

test('A-187 no registration or update stores what is small in each member and large in all', async () => {
  await using app = await createTestApp()
  const long = (at: number) => `https://client.example.com/${at}/${'x'.repeat(1900)}`
  const many = (count: number) => Array.from({ length: count }, (_, at) => long(at))
  const languages = many(40).map((uri, at) => [`client_uri#x-${at}`, uri])
  const key = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), note: 'x'.repeat(40_000) }
  const client = await registerManaged(app, { ...PUBLIC_CLIENT, redirect_uris: many(10) })
  for (const large of [
    { redirect_uris: many(40) },
    Object.fromEntries(languages),
    { jwks: { keys: [key] } },
  ]) {
    const metadata = { ...PUBLIC_CLIENT, ...large }
    const registered = await app.fetch(
      new Request(`${app.url}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(metadata),
      }),
    )
    const updated = await update(app, client, metadata)
    for (const { status, body } of [{ status: registered.status, body: await registered.json() }, updated]) {
      assert.equal(status, 400)
      const { error, error_description } = body as Record<string, string>
      assert.equal(error, 'invalid_client_metadata')
      assert.match(error_description ?? '', /the metadata must not be longer than 32768 characters in all/)
    }
  }
  assert.equal(await app.store.clients.count(), 1)
})
