/** Group 18: all that the program writes while everything is done to it that can be, in both formats, at level debug. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { testFolder } from '../corpus/folder.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { authorizationRequest, setUpOwner } from '../support/scenario.ts'
import { OWNER, postForm, postJson } from '../support/site.ts'
import { exchange } from '../web/raw.ts'
import { liveThrough, watched } from './whole-life.ts'

/** What a log must neither hold nor obey: control characters, line separators, directions, marks without width. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/u

/** Tries to look like a line of its own, to colour and clear a terminal, and to turn the reading direction. */
const HOSTILE =
  'x\r\n00:00:00 info  forged\n{"level":"info","msg":"forged"}\u001b[2J\u001b]0;forged\u0007\u009b31m\u202egnp\u2066\u200b\u2028\u2029\u0085\0y'

/** Names, ids, headers and paths that want to be more than text. */
async function attackLines(server: RunningServer): Promise<{ refusedRegistrations: number }> {
  const { url, port } = server
  const redirect_uris = ['https://client.example.com/callback']
  const statuses: number[] = []
  for (const metadata of [
    { client_name: HOSTILE, redirect_uris },
    { client_name: `${HOSTILE}${'x'.repeat(50_000)}`, redirect_uris },
    { client_name: HOSTILE, redirect_uris: [`https://client.example.com/${HOSTILE}`] },
    { redirect_uris: [HOSTILE] },
    { client_name: 'x', redirect_uris, 'client_name#fr': HOSTILE },
    { client_name: 'x', redirect_uris, [`client_uri#${HOSTILE}`]: 'https://client.example.com' },
    {
      client_name: 'x',
      redirect_uris,
      token_endpoint_auth_method: HOSTILE,
      scope: HOSTILE,
      software_id: HOSTILE,
    },
    { client_name: 'x'.repeat(1_000_000), redirect_uris },
  ]) {
    const answer = await postJson(server, `${url}/register`, metadata)
    statuses.push(answer.status)
    assert.doesNotMatch(await answer.text(), /\r|\n|\u001b/)
  }
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 400, 400, 413])
  // No control character, and so allowed: what a log would show wrongly all the same.
  const quiet = `a\u200bb\u2060c\ufeffd ' " \\n \\u000a %0a ${'é'.repeat(300)}`
  const query = `?x='${'y'.repeat(1000)}`
  const accepted = {
    client_name: quiet,
    redirect_uris: Array.from({ length: 25 }, (_, n) => `https://c.example/${n}${query}`),
  }
  assert.equal((await postJson(server, `${url}/register`, accepted)).status, 201)

  const form = {
    grant_type: HOSTILE,
    client_id: HOSTILE,
    client_secret: HOSTILE,
    code: HOSTILE,
    token: HOSTILE,
    [HOSTILE]: HOSTILE,
  }
  for (const door of ['token', 'revoke', 'introspect']) {
    assert.equal((await postForm(server, `${url}/${door}`, form)).status, 401)
    await postForm(server, `${url}/${door}`, { ...form, client_id: 'x'.repeat(50_000) })
    const twice = new URLSearchParams([
      [HOSTILE, '1'],
      [HOSTILE, '2'],
    ])
    assert.equal((await fetch(`${url}/${door}`, { method: 'POST', body: twice })).status, 400)
  }
  for (const client_id of [HOSTILE, 'x'.repeat(8000)]) {
    const request = authorizationRequest(
      server,
      { client_id, redirect_uris: [HOSTILE] },
      { scope: HOSTILE, state: HOSTILE },
    )
    assert.equal((await fetch(request.url)).status, 400)
  }
  await postForm(server, `${url}/login`, {
    username: HOSTILE,
    password: HOSTILE,
    return_to: HOSTILE,
    token: HOSTILE,
  })

  // Bytes that no client library sends. Those below 0x20 end in Node's parser.
  const latin1 = '\u009b31m\u0085\u00adforged'
  const bidi = Buffer.from('\u202e\u2066\u2028\u200bforged').toString('latin1')
  const rest = 'Connection: close\r\n\r\n'
  for (const request of [
    `GET /%0d%0a00:00:00%20info%20forged%1b[2J HTTP/1.1\r\nHost: 127.0.0.1\r\n${rest}`,
    `GET /${bidi}${latin1} HTTP/1.1\r\nHost: 127.0.0.1\r\n${rest}`,
    `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: ${latin1}${bidi}\r\nAuthorization: Bearer ${bidi}\r\nContent-Length: 0\r\n${rest}`,
    `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: ${latin1}, \u202eforged\r\nAuthorization: Bearer x\r\nContent-Length: 0\r\n${rest}`,
    `GET / HTTP/1.1\r\nHost: ${latin1}${bidi}.example\r\n${rest}`,
    `GET / HTTP/1.1\r\nHost: ${'x'.repeat(8000)}.example\r\n${rest}`,
    `GET http://${latin1}@evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n${rest}`,
  ]) {
    assert.match(await exchange(port, request), /^HTTP\/1\.1 4\d\d /, request.slice(0, 60))
  }
  return { refusedRegistrations: statuses.length }
}

/** The lines of the log, without what the start prints for a person: link, ready line, and what to paste. */
function logLines(output: string): string[] {
  assert.ok(output.endsWith('\n'))
  return output
    .slice(0, -1)
    .split('\n')
    .filter((line) => !/^(?:Set the owner's password first|CorpusIQ is ready: | {2}\S)/.test(line))
}

/** Every text and every blob of every table, by `table.column`. */
function columnsOf(t: TestContext, dataDir: string): { where: string; value: string }[] {
  const found: { where: string; value: string }[] = []
  for (const name of readdirSync(dataDir).filter((file) => file.endsWith('.db'))) {
    const database = new DatabaseSync(join(dataDir, name), { readOnly: true })
    t.after(() => database.close())
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    for (const { name: table } of tables) {
      for (const row of database.prepare(`SELECT * FROM "${table}"`).iterate()) {
        for (const [column, value] of Object.entries(row)) {
          if (typeof value === 'string') found.push({ where: `${table}.${column}`, value })
          else if (value instanceof Uint8Array)
            found.push({ where: `${table}.${column}`, value: Buffer.from(value).toString('latin1') })
        }
      }
    }
  }
  return found
}

/** What of a secret gives it away: its end, where no time and no prefix stands. */
const telling = (secret: string): string => secret.slice(-20)

for (const format of ['json', 'pretty'] as const) {
  test(`A-168 A-169 a whole life at level debug: one safe line an event, and no secret in it, in a table or a refusal (${format})`, async (t) => {
    const names =
      process.platform === 'win32' ? [] : [`a\r\n00:00:00 info  forged\u001b[2J\u202e.md`, `b\nforged.pdf`]
    const folder = testFolder(t, {
      'a.md': 'green tea',
      ...Object.fromEntries(names.map((name) => [name, 'x\0'])),
    })
    mkdirSync(folder.dataDir, { mode: 0o700 })
    const env = {
      CORPUSIQ_LOG_LEVEL: 'debug',
      CORPUSIQ_LOG_FORMAT: format,
      CORPUSIQ_REGISTRATION_RATE: 'off',
      CORPUSIQ_REFRESH_GRACE_SECONDS: '0',
    }
    await using server = await startServer({
      owner: false,
      folder: folder.path,
      dataDir: folder.dataDir,
      env,
    })
    const link = server.setupLink ?? assert.fail('no setup link')
    const site = watched(server)
    site.secrets.add(OWNER.password)
    site.secrets.add(new URL(link).searchParams.get('token') ?? assert.fail())
    await setUpOwner(site, link)
    await liveThrough(site)
    const { refusedRegistrations } = await attackLines(server)
    await server.says(/Corpus indexed/)
    // What waits to be written down after a refusal rides on a later commit.
    assert.equal(await server.stop(), 0)

    const output = server.output()
    const lines = logLines(output)
    assert.equal(server.log(), '')
    assert.ok(lines.length > 60, String(lines.length))
    for (const line of lines) {
      assert.doesNotMatch(line, UNSAFE)
      assert.ok(line.length < 20_000, `${line.length}: ${line.slice(0, 100)}`)
      if (format === 'pretty') {
        assert.match(line, /^\d\d:\d\d:\d\d (?:error|warn |info |debug) \S/)
        continue
      }
      for (const value of Object.values(JSON.parse(line) as Record<string, unknown>)) {
        assert.doesNotMatch(String(value), UNSAFE)
      }
    }
    const messages = lines.map((line) => (format === 'json' ? String(JSON.parse(line).msg) : line.slice(15)))
    const beginning = (text: string) => messages.filter((message) => message.startsWith(text)).length
    assert.equal(beginning('forged'), 0)
    assert.equal(beginning('Client registration refused: '), refusedRegistrations)
    assert.equal(beginning('Client registered successfully: '), 5)
    assert.equal(beginning('Client updated: '), 1)
    assert.equal(beginning('Client redirect URIs: '), 6)
    assert.equal(beginning('Client configuration refused: '), 4)
    assert.equal(beginning('Client deleted: '), 1)
    assert.equal(beginning('Failed sign-in from '), 2)
    assert.equal(beginning('Grant revoked: '), 1)
    // A code and a refresh token.
    assert.equal(beginning('A used refresh token of '), 2)
    assert.equal(messages.filter((message) => / failed: /.test(message)).length, 0)

    assert.ok(site.secrets.size > 40, String(site.secrets.size))
    const columns = columnsOf(t, server.dataDir)
    for (const where of [
      'clients.metadata',
      'audit.detail',
      'refusals.detail',
      'journal.detail',
      'journal.client_name',
      'grants.grant_id',
      'passage.text',
    ]) {
      assert.ok(
        columns.some((column) => column.where === where),
        where,
      )
    }
    for (const { where, value } of columns) {
      if (where.startsWith('journal.')) assert.doesNotMatch(value, UNSAFE, where)
    }
    const shown = output.replace(link, '')
    for (const secret of site.secrets) {
      const encoded = encodeURIComponent(secret)
      for (const text of [telling(secret), encoded]) {
        assert.ok(
          !shown.includes(text),
          `in the log: ${secret}\n${shown.split('\n').find((line) => line.includes(text))}`,
        )
        const column = columns.find(({ value }) => value.includes(text))
        assert.equal(column, undefined, `${secret} in ${column?.where}`)
        assert.ok(!site.refusals.some((refusal) => refusal.includes(text)), `in a refusal: ${secret}`)
      }
    }
  })
}
