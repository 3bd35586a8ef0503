import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHashingGate } from './hashing-gate.ts'

test('A-175 two run at once, the next wait in order, a full queue is refused at once, each address has its share', async () => {
  const gate = createHashingGate()
  let running = 0
  let most = 0
  const order: number[] = []
  const finish: (() => void)[] = []
  const work = (number: number) => async () => {
    most = Math.max(most, ++running)
    order.push(number)
    await new Promise<void>((resolve) => finish.push(resolve))
    running--
    return number
  }
  const turns = Array.from({ length: 100 }, (_, number) => gate.run(`address ${number % 3}`, work(number)))
  const admitted = turns.filter((turn) => typeof turn !== 'string')
  assert.equal(admitted.length, 42)
  assert.equal(turns.filter((turn) => turn === 'full').length, 58)
  for (let done = 0; done < 42; done++) {
    while (finish.length === 0) await new Promise((resolve) => setImmediate(resolve))
    finish.shift()?.()
  }
  assert.deepEqual(
    await Promise.all(admitted),
    Array.from({ length: 42 }, (_, number) => number),
  )
  assert.equal(most, 2)
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  )
})

test('A-175 one address cannot fill the queue for others', async () => {
  const gate = createHashingGate()
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const flood = Array.from({ length: 200 }, () => gate.run('192.0.2.1', () => opened))
  assert.equal(flood.filter((turn) => turn === 'yours').length, 176)
  const other = gate.run('198.51.100.1', async () => 'served')
  assert.notEqual(other, 'full')
  open()
  assert.equal(await other, 'served')
  await Promise.all(flood)
  assert.equal(await gate.run('192.0.2.1', async () => 'again'), 'again')
})

test('work that throws gives its turn back', async () => {
  const gate = createHashingGate()
  for (let count = 0; count < 5; count++) {
    const turn = gate.run('a', () => Promise.reject(new Error('broken')))
    await assert.rejects(Promise.resolve(turn), /broken/)
  }
  assert.equal(await gate.run('a', async () => 1), 1)
})
