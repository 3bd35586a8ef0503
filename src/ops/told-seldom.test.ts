import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Event } from './events.ts'
import { createLog } from './log.ts'

/** A log whose minutes the test passes itself; `lines` takes what was written since the last call. */
function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval', 'setImmediate'] })
  let text = ''
  const output = {
    write: (part: string) => {
      text += part
    },
    flushSync: () => {},
  }
  const log = createLog({ logLevel: 'info', logFormat: 'json' }, output, false)
  const lines = (): { msg: string; more?: number }[] => {
    t.mock.timers.tick(0)
    const written = text.split('\n').filter((line) => line !== '')
    text = ''
    return written.map((line) => JSON.parse(line))
  }
  return { log, lines, pass: (seconds: number) => t.mock.timers.tick(seconds * 1000) }
}

const refused = (reason: string, address = '192.0.2.1', error = 'temporarily_unavailable'): Event => ({
  type: 'registration.refused',
  ...{ error, reason, client_name: 'unnamed client', address },
})

test('A-034 of a flood of refusals for being too many the log tells the first, and each minute how many more came', (t) => {
  const { log, lines, pass } = setUp(t)
  for (let sent = 0; sent < 10_000; sent++)
    log.emit(refused('too many registrations', `192.0.2.${sent % 250}`))
  assert.deepEqual(
    lines().map(({ msg }) => msg),
    ['Client registration refused: temporarily_unavailable, too many registrations (unnamed client)'],
  )
  pass(59)
  log.emit(refused('too many registrations', '192.0.2.251'))
  assert.deepEqual(lines(), [])
  pass(1)
  const [line, ...others] = lines()
  assert.equal(
    line?.msg,
    'Client registration refused: temporarily_unavailable, too many registrations (unnamed client): the last of 10000 more',
  )
  assert.equal(line?.more, 10_000)
  assert.deepEqual(others, [])
  log.emit(refused('too many registrations'))
  assert.deepEqual(lines(), [])
  pass(60)
  assert.equal(lines()[0]?.more, 1)
  // A minute without one: the next is a first again.
  pass(120)
  assert.deepEqual(lines(), [])
  log.emit(refused('too many registrations'))
  assert.equal(lines()[0]?.more, undefined)
})

test('each kind of them is told, and whatever is refused for another reason is told each time', (t) => {
  const { log, lines } = setUp(t)
  for (let round = 0; round < 2; round++) {
    log.emit(refused('too many registrations'))
    log.emit({ type: 'login.throttled', address: `192.0.2.${round}` })
    log.emit({
      type: 'configuration.refused',
      ...{ error: 'temporarily_unavailable', reason: 'too many updates', client_id: 'c', address: '' },
    })
    log.emit(refused('redirect_uris must be given', '192.0.2.1', 'invalid_redirect_uri'))
  }
  assert.equal(lines().length, 5)
})

test('what waits is told when the log is flushed, as at the end of the process', (t) => {
  const { log, lines } = setUp(t)
  for (let sent = 0; sent < 3; sent++) log.emit(refused('too many registrations'))
  log.flush()
  assert.deepEqual(
    lines().map(({ more }) => more),
    [undefined, 2],
  )
})
