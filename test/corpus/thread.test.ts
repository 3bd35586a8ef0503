import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { startThread } from '../../src/corpus/thread.ts'

/** A thread whose waiting the test passes itself. */
async function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const told = new EventEmitter()
  const next = async () => (await once(told, 'data'))[0] as string
  const thread = startThread({
    module: '../../test/corpus/mortal-thread',
    data: undefined,
    receive: (message) => told.emit('data', message),
    failed: (fault) => told.emit('data', String(fault)),
    showsLife: true,
  })
  t.after(() => thread.close())
  assert.equal(await next(), 'here')
  return { thread, next, tick: (milliseconds: number) => t.mock.timers.tick(milliseconds) }
}

for (const [way, fault] of [
  ['end', /ended with code 0/],
  ['exit', /ended with code 0/],
  ['throw', /thrown by the thread/],
] as const) {
  test(`a thread that ends by itself (${way}) is told of and started again`, async (t) => {
    const { thread, next, tick } = await setUp(t)
    assert.equal(thread.post(way), true)
    assert.match(await next(), fault)
    assert.equal(thread.post('lost'), false)
    tick(500)
    assert.equal(await next(), 'here')
    assert.equal(thread.post('heard'), true)
  })
}

test('a thread that fails again and again is started ever more slowly, every minute at last', async (t) => {
  const { thread, next, tick } = await setUp(t)
  for (const wait of [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    thread.post('end')
    await next()
    tick(wait - 1)
    await setImmediate()
    assert.equal(thread.post('lost'), false, `${wait}`)
    tick(1)
    assert.equal(await next(), 'here')
  }
})

test('a thread that should show life and is silent for a minute is ended and started again', async (t) => {
  const { thread, next, tick } = await setUp(t)
  tick(60_000)
  assert.equal(thread.post('heard'), true)
  tick(5_000)
  assert.match(await next(), /no sign of life for a minute/)
  tick(500)
  assert.equal(await next(), 'here')
})

test('a thread that was closed stays so', async (t) => {
  const { thread, tick } = await setUp(t)
  await thread.close()
  tick(120_000)
  await setImmediate()
  assert.equal(thread.post('lost'), false)
})
