import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { createExtractors, type ExtractionLimits, type Extractors } from './pool.ts'

/** A thread whose files are orders: `loop`, `memory`, `exit`, `throw`; any other is answered. */
const HOSTILE = new URL('../../../test/support/hostile-extraction', import.meta.url)

let opened: Extractors[] = []
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()))
  opened = []
})

function extractors(limits: Partial<ExtractionLimits>, module?: URL): Extractors {
  const one = createExtractors(limits, module)
  opened.push(one)
  return one
}

const bytes = () => new TextEncoder().encode('# Tea\n\nGreen tea.')

test('a file is drawn out in a thread, many at once each get their own answer', async () => {
  const { extract } = extractors({})
  const paths = Array.from({ length: 200 }, (_, index) => `${index}.md`)
  const all = await Promise.all(
    paths.map((path) => extract(path, new TextEncoder().encode(`# Title ${path}`), true)),
  )
  assert.deepEqual(
    all.map((one) => 'title' in one && one.title),
    paths.map((path) => `Title ${path}`),
  )
})

test('A-162 a file that takes too long is given up, what travelled with it is read', async () => {
  const { extract } = extractors({ seconds: 3 }, HOSTILE)
  const [before, loop, after] = await Promise.all([
    extract('before', bytes(), true),
    extract('loop', bytes(), true),
    extract('after', bytes(), true),
  ])
  assert.deepEqual(loop, { problem: 'reading it took longer than 3 seconds' })
  assert.ok('title' in before && before.title === 'before')
  assert.ok('title' in after && after.title === 'after')
})

test('A-162 a file that takes too much memory is given up, what travelled with it is read', async () => {
  const { extract } = extractors({ memory: 24 }, HOSTILE)
  const [memory, after] = await Promise.all([
    extract('memory', bytes(), true),
    extract('after', bytes(), true),
  ])
  assert.deepEqual(memory, { problem: 'reading it takes more than 24 MiB of memory' })
  assert.ok('title' in after && after.title === 'after')
})

test('a thread that ends or fails by itself fails one file', async () => {
  const { extract } = extractors({}, HOSTILE)
  const [exit, fault, after] = await Promise.all([
    extract('exit', bytes(), true),
    extract('throw', bytes(), true),
    extract('after', bytes(), true),
  ])
  assert.ok('problem' in exit && 'problem' in fault)
  assert.match(fault.problem, /on purpose/)
  assert.ok('title' in after)
})

test('large files leave a thread for the small ones', async () => {
  const { extract } = extractors({ threads: 2, seconds: 3 }, HOSTILE)
  const done: string[] = []
  const loops = ['loop', 'loop'].map((path) => extract(path, bytes(), false).then(() => done.push('large')))
  await extract('note', bytes(), true).then(() => done.push('small'))
  assert.deepEqual(done, ['small'])
  await Promise.all(loops)
})

test('a thread without work ends, and another is started by the next file', async () => {
  const { extract } = extractors({ idle: 0.05 }, HOSTILE)
  const first = await extract('thread', bytes(), true)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const second = await extract('thread', bytes(), true)
  assert.ok('title' in first && 'title' in second)
  assert.notEqual(first.title, second.title)
})

test('what is asked after the end is answered', async () => {
  const one = extractors({})
  const waiting = one.extract('a.md', bytes(), true)
  await one.close()
  assert.ok('problem' in (await waiting))
  assert.ok('problem' in (await one.extract('a.md', bytes(), true)))
})
