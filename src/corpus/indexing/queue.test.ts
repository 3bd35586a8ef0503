import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createQueue } from './queue.ts'

const task = (path: string) => ({ path, stamp: '1' })

test('what a hint named comes before what a scan found', () => {
  const queue = createQueue()
  for (const path of ['a', 'b']) queue.add(task(path), { urgent: false })
  queue.add(task('c'), { urgent: true })
  queue.add(task('b'), { urgent: true })
  const order = Array.from({ length: 4 }, () => queue.begin()?.task.path)
  assert.deepEqual(order, ['c', 'b', 'a', undefined])
  assert.equal(queue.underWay(), 3)
})

test('a file that changes or goes while it is read makes what was read of it void', () => {
  const queue = createQueue()
  queue.add(task('a'), { urgent: false })
  const first = queue.begin()
  queue.add(task('a'), { urgent: true })
  assert.equal(first?.isCurrent(), false)
  const second = queue.begin()
  assert.equal(second?.isCurrent(), true)
  first?.end()
  assert.equal(second?.isCurrent(), true)
  queue.drop('a')
  assert.equal(second?.isCurrent(), false)
  second?.end()
  assert.equal(queue.underWay() + queue.waiting(), 0)
})
