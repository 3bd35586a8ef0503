/** What a person meets at the start of the program: what it prints, and the one line where it cannot start. */
import assert from 'node:assert/strict'
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort, startServer } from '../support/running-server.ts'
import { obtainTokens, registerClient } from '../support/scenario.ts'
import { corpusiq, type Ended, emptyDirectory } from './program.ts'

for (const CORPUSIQ_LOG_LEVEL of ['silent', 'error', 'debug']) {
  for (const CORPUSIQ_LOG_FORMAT of ['json', 'pretty']) {
    test(`ready line and setup link are on standard output: level ${CORPUSIQ_LOG_LEVEL}, format ${CORPUSIQ_LOG_FORMAT}`, async () => {
      const env = { CORPUSIQ_LOG_LEVEL, CORPUSIQ_LOG_FORMAT }
      await using server = await startServer({ owner: false, env })
      const lines = server.output().split('\n')
      const ready = lines.filter((line) => line.includes(`CorpusIQ is ready: ${server.url}`))
      assert.equal(ready.length, 1)
      assert.equal(server.url, `http://127.0.0.1:${server.port}`)
      assert.equal(lines.filter((line) => line.includes(`${server.url}/setup?`)).length, 1)
      assert.equal(server.log(), '')
      assert.equal(await server.stop(), 0)
    })
  }
}

test('what to paste into ChatGPT, Claude, Cursor and VS Code is printed, with the URL of the MCP endpoint', async () => {
  await using server = await startServer()
  for (const client of ['ChatGPT', 'Claude', 'Cursor', 'VS Code']) {
    const line = server
      .output()
      .split('\n')
      .find((text) => text.trim().startsWith(client))
    assert.ok(line?.includes(`${server.url}/mcp`), `${client}: ${line}`)
  }
  assert.doesNotMatch(server.output(), /\/setup\?/)
})

test('the three messages of a registration are logged, in JSON as msg', async () => {
  await using server = await startServer()
  const response = await fetch(`${server.url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'OpenAI ChatGPT',
      redirect_uris: ['https://chat.openai.com/callback'],
    }),
  })
  const { client_id } = JSON.parse(await response.text())
  await server.stop()
  const messages = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line).msg)
  assert.ok(messages.includes('Client registration request received: OpenAI ChatGPT'))
  assert.ok(messages.includes(`Client registered successfully: ${client_id} (OpenAI ChatGPT)`))
  assert.ok(messages.includes("Client redirect URIs: ['https://chat.openai.com/callback']"))
})

test('open registration at a public URL is told in one line with the name of the setting, at a loopback one it is not', async () => {
  const name = 'CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION'
  const CORPUSIQ_OAUTH_RESOURCE_URL = 'https://notes.example.com'
  const count = (output: string) => output.split('\n').filter((line) => line.includes(name)).length
  await using open = await startServer({ env: { CORPUSIQ_OAUTH_RESOURCE_URL } })
  assert.match(open.output(), /CorpusIQ is ready: https:\/\/notes\.example\.com\n/)
  assert.equal(count(open.output()), 1)
  await open.stop()
  await using closed = await startServer({ env: { CORPUSIQ_OAUTH_RESOURCE_URL, [name]: 'false' } })
  assert.equal(count(closed.output()), 0)
  await closed.stop()
  await using local = await startServer()
  assert.equal(count(local.output()), 0)
})

test('a second start finds owner and clients again; the data directory is its owner’s alone', async (context) => {
  const directory = await emptyDirectory(context)
  const dataDir = join(directory, 'data')
  await mkdir(dataDir, { mode: 0o700 })
  await using first = await startServer({ dataDir })
  const registered = await register(first.url)
  assert.equal(await first.stop(), 0)
  await using second = await startServer({ dataDir, owner: false })
  assert.doesNotMatch(second.output(), /\/setup\?/)
  const listed = await corpusiq(['clients', 'list', '--json', '--data-dir', dataDir])
  assert.deepEqual(
    JSON.parse(listed.output).map((client: { client_id: string }) => client.client_id),
    [registered],
  )
  if (process.platform !== 'win32') {
    for (const file of ['corpusiq.db', 'secret.key']) {
      assert.equal((await stat(join(dataDir, file))).mode & 0o077, 0, file)
    }
  }
})

test('the data directory is created 0700', {
  skip: process.platform === 'win32' && 'no modes there',
}, async (context) => {
  const dataDir = join(await emptyDirectory(context), 'new', 'data')
  await using server = await startServer({ args: ['--data-dir', dataDir] })
  assert.equal((await stat(dataDir)).mode & 0o777, 0o700)
  await server.stop()
})

test('an owner of the settings is created once; later starts leave the password alone', async (context) => {
  const dataDir = await emptyDirectory(context)
  await using first = await startServer({ dataDir })
  await first.stop()
  const env = { CORPUSIQ_OWNER_USERNAME: 'owner', CORPUSIQ_OWNER_PASSWORD: 'quite another sentence' }
  await using second = await startServer({ dataDir, env })
  assert.doesNotMatch(second.output(), /\/setup\?|quite another/)
  // Signs in as OWNER, whose password the first start set.
  await obtainTokens(second, await registerClient(second))
})

async function isOneLine(ended: Ended, ...parts: readonly (string | RegExp)[]): Promise<void> {
  assert.equal(ended.code, 1, ended.errors)
  const lines = ended.errors.trimEnd().split('\n')
  assert.equal(lines.length, 1, ended.errors)
  for (const part of parts) assert.match(lines[0] ?? '', typeof part === 'string' ? literally(part) : part)
  assert.doesNotMatch(ended.output, /is ready/)
}

function literally(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
}

async function serveArguments(context: TestContext): Promise<{ directory: string; args: string[] }> {
  const directory = await emptyDirectory(context)
  await mkdir(join(directory, 'notes'))
  return { directory, args: ['serve', join(directory, 'notes'), '--data-dir', join(directory, 'data')] }
}

test('a wrong value ends the start: one line with setting, fault and example, exit code 1', async (context) => {
  const { directory, args } = await serveArguments(context)
  const values: [string, string][] = [
    ['CORPUSIQ_PORT', 'many'],
    ['CORPUSIQ_OAUTH_RESOURCE_URL', 'http://notes.example.com'],
    ['CORPUSIQ_OAUTH_RESOURCE_URL', 'https://notes.example.com/mcp'],
    ['CORPUSIQ_OAUTH_ISSUER', 'https://login.example.com'],
    ['CORPUSIQ_OWNER_USERNAME', 'maria'],
  ]
  for (const [name, value] of values) {
    const ended = await corpusiq(args, { cwd: directory, env: { [name]: value } })
    await isOneLine(ended, /CORPUSIQ_\w+/, `Example: CORPUSIQ_`)
    if (name !== 'CORPUSIQ_OWNER_USERNAME') assert.match(ended.errors, literally(name))
  }
  await isOneLine(await corpusiq([...args, '--port', '99999'], { cwd: directory }), 'CORPUSIQ_PORT (--port)')
})

test('a password of the settings that is too short is a wrong value, and is not shown', async (context) => {
  const { directory, args } = await serveArguments(context)
  const env = { CORPUSIQ_OWNER_USERNAME: 'maria', CORPUSIQ_OWNER_PASSWORD: 'abc!5' }
  const ended = await corpusiq(args, { cwd: directory, env })
  await isOneLine(ended, 'CORPUSIQ_OWNER_PASSWORD', 'Example: CORPUSIQ_OWNER_PASSWORD=')
  assert.doesNotMatch(ended.errors + ended.output, /abc!5/)
})

test('flags are stronger than the environment, that than .env in the working directory', async (context) => {
  const { directory, args } = await serveArguments(context)
  const [fileOnly, environment, flag] = [await freePort(), await freePort(), await freePort()]
  await writeFile(join(directory, '.env'), `# mine\nCORPUSIQ_PORT=${fileOnly}\n`)
  const settings = async (more: readonly string[], env: Record<string, string>) => {
    const ended = await corpusiq(['settings', '--json', ...more], { cwd: directory, env })
    const rows: { name: string; value: string; source: string }[] = JSON.parse(ended.output)
    const row = rows.find(({ name }) => name === 'CORPUSIQ_PORT')
    return `${row?.value} ${row?.source}`
  }
  assert.equal(await settings([], {}), `${fileOnly} .env`)
  assert.equal(await settings([], { CORPUSIQ_PORT: `${environment}` }), `${environment} environment`)
  assert.equal(await settings(['--port', `${flag}`], { CORPUSIQ_PORT: `${environment}` }), `${flag} flag`)
  await isOneLine(await corpusiq([...args, '--port', 'x'], { cwd: directory }), '--port')
})

test('a port in use: one line that says what to do, exit code 1', async (context) => {
  const { directory, args } = await serveArguments(context)
  const holder = createServer()
  const port = await new Promise<number>((resolve) => {
    holder.listen(0, '127.0.0.1', () => {
      const address = holder.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
  context.after(() => holder.close())
  await isOneLine(
    await corpusiq([...args, '--port', `${port}`], { cwd: directory }),
    `Port ${port} of 127.0.0.1 is in use`,
    /--port \d+/,
  )
})

test('a data directory held by another server: one line that says what to do, exit code 1', async (context) => {
  const { directory } = await serveArguments(context)
  await using server = await startServer()
  const args = ['serve', join(directory, 'notes'), '--data-dir', server.dataDir]
  await isOneLine(await corpusiq(args, { cwd: directory }), 'Another CorpusIQ server', '--data-dir')
  assert.equal((await fetch(`${server.url}/.well-known/oauth-protected-resource`)).status, 200)
})

test('a folder that is missing, a file of keys: one line that says what to do, exit code 1', async (context) => {
  const { directory, args } = await serveArguments(context)
  const dataDir = args.slice(2)
  const file = join(directory, 'id_rsa')
  await writeFile(file, '')
  await isOneLine(await corpusiq(['serve', join(directory, 'none'), ...dataDir]), 'none', 'does not exist')
  await isOneLine(await corpusiq(['serve', file, ...dataDir]), 'id_rsa', 'never served')
})

test('a folder without the right to read it: one line, exit code 1', {
  skip: (process.platform === 'win32' || process.getuid?.() === 0) && 'root and Windows read it all the same',
}, async (context) => {
  const { directory, args } = await serveArguments(context)
  await chmod(join(directory, 'notes'), 0)
  await isOneLine(await corpusiq(args), 'notes', 'cannot be read')
  await chmod(join(directory, 'notes'), 0o700)
})

test('a data directory that cannot be one: one line, exit code 1', async (context) => {
  const { directory, args } = await serveArguments(context)
  const file = join(directory, 'file')
  await writeFile(file, '')
  await isOneLine(
    await corpusiq([...args.slice(0, 2), '--data-dir', join(file, 'data')]),
    'cannot be written',
  )
})

test('an unknown CORPUSIQ_ name is told with the nearest known one', async () => {
  await using server = await startServer({ env: { CORPUSIQ_PROT: '1' } })
  await server.stop()
  assert.match(server.output(), /CORPUSIQ_PROT.* is not a setting; did you mean CORPUSIQ_PORT\?/)
})

test('port 0 takes a free one, and the public URL names it', async () => {
  await using server = await startServer({ args: ['--port', '0'] })
  assert.notEqual(new URL(server.url).port, '0')
  assert.equal((await fetch(`${server.url}/.well-known/oauth-protected-resource`)).status, 200)
})

async function register(url: string): Promise<string> {
  const response = await fetch(`${url}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Test Client', redirect_uris: ['https://example.com/callback'] }),
  })
  assert.equal(response.status, 201)
  return JSON.parse(await response.text()).client_id
}
