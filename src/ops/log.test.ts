import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import type { Event } from './events.ts'
import { createLog } from './log.ts'

function logged(
  events: readonly Event[],
  logFormat: 'json' | 'pretty' = 'json',
  logLevel = 'info' as const,
): string {
  let text = ''
  const output = {
    write: (part: string) => {
      text += part
    },
    flushSync: () => {},
  }
  const log = createLog({ logLevel, logFormat }, output, false)
  for (const event of events) log.emit(event)
  log.flush()
  return text
}

function messages(text: string): unknown[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg)
}

const ACCEPTED: Event = {
  type: 'registration.accepted',
  client_id: 'client_0192abc',
  client_name: 'OpenAI ChatGPT',
  redirect_uris: ['https://chat.openai.com/callback', 'http://127.0.0.1/cb'],
  address: '192.0.2.1',
}

test('the three messages of a registration are a contract, in JSON as msg', () => {
  const text = logged([
    { type: 'registration.received', client_name: 'OpenAI ChatGPT', address: '192.0.2.1' },
    ACCEPTED,
  ])
  assert.deepEqual(messages(text), [
    'Client registration request received: OpenAI ChatGPT',
    'Client registered successfully: client_0192abc (OpenAI ChatGPT)',
    "Client redirect URIs: ['https://chat.openai.com/callback', 'http://127.0.0.1/cb']",
  ])
  const line = JSON.parse(text.split('\n')[1] ?? '')
  assert.equal(line.level, 'info')
  assert.equal(line.event, 'registration.accepted')
  assert.equal(line.client_id, 'client_0192abc')
  assert.equal(line.address, '192.0.2.1')
})

test('pretty: the same messages behind time and level, one line each', () => {
  assert.match(
    logged([ACCEPTED], 'pretty'),
    /^\d\d:\d\d:\d\d info {2}Client registered successfully: client_0192abc \(OpenAI ChatGPT\)\n\d\d:\d\d:\d\d info {2}Client redirect URIs: \['https:\/\/chat\.openai\.com\/callback', 'http:\/\/127\.0\.0\.1\/cb'\]\n$/,
  )
})

for (const format of ['json', 'pretty'] as const) {
  test(`A-168 line breaks, ANSI escapes, bidi, a megabyte in names: one safe bounded line an event (${format})`, () => {
    const hostile = `a\r\n00:00:00 info forged\u001b[2J\u009b31m\u202egnp.exe\u2066\u200b\u2028b${'x'.repeat(1_000_000)}`
    const text = logged(
      [
        { type: 'registration.received', client_name: hostile, address: hostile },
        {
          type: 'registration.refused',
          error: hostile,
          reason: hostile,
          client_name: hostile,
          address: hostile,
        },
        { type: 'host.refused', host: hostile, expected: 'https://notes.example.com' },
        { type: 'corpus.problem', path: hostile, reason: hostile },
        { ...ACCEPTED, client_name: hostile, redirect_uris: Array(1000).fill(hostile) },
        {
          type: 'request.failed',
          method: hostile,
          path: hostile,
          request_id: 'r',
          fault: new Error(hostile),
        },
      ],
      format,
    )
    const lines = text.split('\n')
    assert.equal(lines.pop(), '')
    assert.equal(lines.length, 7)
    for (const line of lines) {
      assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\u202a-\u202e\u2066-\u2069\u200b]/u)
      assert.ok(line.length < 20_000, `${line.length}`)
    }
    assert.doesNotMatch(text, /\\u00|\\r|\\n00/)
  })
}

test('scripts and emoji of honest names stay as they are', () => {
  const name = 'Café Мария 検索 👩‍💻'
  assert.deepEqual(messages(logged([{ type: 'registration.received', client_name: name, address: '::1' }])), [
    `Client registration request received: ${name}`,
  ])
})

test('a fault is told with its request id, its stack without its message', () => {
  const text = logged([
    {
      type: 'request.failed',
      method: 'GET',
      path: '/x',
      request_id: 'req_1',
      fault: new TypeError('broken'),
    },
  ])
  const line = JSON.parse(text)
  assert.equal(line.msg, 'GET /x failed: TypeError: broken')
  assert.equal(line.level, 'error')
  assert.equal(line.request_id, 'req_1')
  assert.match(line.stack, /^at /)
  assert.doesNotMatch(line.stack, /broken/)
})

test('silent: nothing is logged, what is printed still comes', () => {
  let text = ''
  const output = {
    write: (part: string) => {
      text += part
    },
    flushSync: () => {},
  }
  const log = createLog({ logLevel: 'silent', logFormat: 'json' }, output)
  log.emit(ACCEPTED)
  log.write('error', 'no')
  log.print('CorpusIQ is ready: http://127.0.0.1:8787')
  assert.equal(text, 'CorpusIQ is ready: http://127.0.0.1:8787\n')
})

for (const end of ['process.exit(0)', 'throw new Error("a bug")', '']) {
  test(`nothing that was logged is lost when the process ends: ${end || 'by itself'}`, () => {
    const program = `
      import { createLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)}
      const log = createLog({ logLevel: 'info', logFormat: 'json' })
      for (let line = 0; line < 400; line++) log.write('info', 'line ' + line)
      await new Promise(setImmediate)
      for (let line = 400; line < 1000; line++) log.write('info', 'line ' + line)
      ${end}`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    })
    // What was on its way in the background may be overtaken by what the end writes at once: nothing is lost by it.
    const expected = Array.from({ length: 1000 }, (_, line) => `line ${line}`)
    assert.deepEqual(messages(stdout).sort(), expected.sort())
  })
}
