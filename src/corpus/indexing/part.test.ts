import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createExtraction } from '../extracting/prepared-extraction.ts'
import { openCatalogue } from '../index/catalogue.ts'
import { openDatabase, prepareDatabase } from '../index/database.ts'
import type { Source } from '../sources/source.ts'
import { createPart } from './part.ts'

const EVERY = 300

class Watcher extends EventEmitter {
  close() {}
}

/** A source whose watchers and clock the test has in its hands. */
function setUp(t: TestContext) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'corpusiq-')))
  t.after(() => rmSync(base, { recursive: true, force: true }))
  const root = join(base, 'notes')
  mkdirSync(join(root, 'sub'), { recursive: true })
  const source: Source = { name: 'notes', kind: 'folder', root, excluded: [], added: false }
  const file = join(base, 'corpus.db')
  prepareDatabase(file, [source])
  const database = openDatabase(file)
  t.after(() => database.close())
  const catalogue = openCatalogue(database)
  const watchers = new Map<string, Watcher>()
  const problems: string[] = []
  const world = { now: 1_000_000, fails: '' }
  const part = createPart(source, {
    catalogue,
    report: (_path, reason) => problems.push(reason),
    limit: 1000,
    rescan: EVERY,
    extract: createExtraction(),
    stopped: () => false,
    wake: () => {},
    elapsed: () => world.now,
    system(path) {
      if (world.fails) throw Object.assign(new Error(world.fails), { code: world.fails })
      const watcher = new Watcher()
      watchers.set(path, watcher)
      return watcher
    },
  })
  /** So many seconds go by; whatever is due is done, and the scans that ended are counted. */
  const pass = async (seconds: number): Promise<number> => {
    const before = part.scans()
    for (let second = 0; second <= seconds; second++) {
      do {
        while (await part.turn());
        await setImmediate()
      } while (part.isScanning())
      if (second < seconds) world.now += 1000
    }
    return part.scans() - before
  }
  const write = (path: string) => writeFileSync(join(root, path), `green tea ${path}`)
  /** From now on, whatever was written before is minutes old. */
  const age = () => t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 300_000 })
  const heard = (path: string) => watchers.get(path === '' ? root : join(root, path)) ?? assert.fail(path)
  return { part, catalogue, problems, world, pass, write, age, heard }
}

test('while every folder is watched, everything is scanned as often as was set, and nothing is late', async (t) => {
  const { part, problems, pass, write, catalogue } = setUp(t)
  assert.equal(await pass(0), 1)
  write('a.md')
  assert.equal(await pass(EVERY - 1), 0)
  assert.equal(catalogue.count(), 0)
  assert.equal(await pass(1), 1)
  assert.equal(catalogue.count(), 1)
  assert.equal(part.late(), undefined)
  assert.deepEqual(problems, [])
})

test('where the system allows no more watches (ENOSPC) a scan every five seconds finds what changes, and it is told once', async (t) => {
  const { part, problems, world, pass, write, catalogue } = setUp(t)
  world.fails = 'ENOSPC'
  await pass(0)
  const reason =
    'changes are noticed late, by scans alone: the system allows no more watches (fs.inotify.max_user_watches)'
  assert.equal(part.late(), reason)
  write('a.md')
  assert.equal(await pass(4), 0)
  assert.equal(await pass(1), 1)
  assert.equal(catalogue.count(), 1)
  assert.equal(await pass(50), 10)
  assert.deepEqual(problems, [reason])

  world.fails = ''
  await pass(5)
  assert.equal(part.late(), undefined)
  assert.equal(await pass(EVERY - 10), 0)
})

test('a watcher that fails later is made anew by a scan within five seconds, which finds what it did not tell', async (t) => {
  const { part, problems, world, pass, write, heard, catalogue } = setUp(t)
  await pass(100)
  world.fails = 'EMFILE'
  heard('sub').emit('error', Object.assign(new Error('EIO'), { code: 'EIO' }))
  write('sub/a.md')
  await pass(0)
  assert.equal(part.late(), 'changes are noticed late, by scans alone: watching failed: EIO')
  await pass(5)
  assert.equal(catalogue.count(), 1)
  assert.match(part.late() ?? '', /max_user_instances/)
  assert.equal(problems.length, 2)
  world.fails = ''
  await pass(5)
  assert.equal(part.late(), undefined)
  assert.equal(await pass(EVERY - 10), 0)
  // Both again, within the hour: the log knows.
  world.fails = 'EMFILE'
  heard('sub').emit('error', Object.assign(new Error('EIO'), { code: 'EIO' }))
  await pass(5)
  assert.match(part.late() ?? '', /max_user_instances/)
  assert.equal(problems.length, 2)
})

test('more at once than the system keeps: it is told, and no longer once everything was looked at', async (t) => {
  const { part, problems, pass, write, heard, catalogue } = setUp(t)
  await pass(0)
  for (let change = 0; change < 20_000; change++) heard('').emit('change', 'change', '.hidden')
  write('a.md')
  const overflow =
    'more changed at once than the system tells of: everything is looked at, and found a little later'
  assert.equal(part.late(), overflow)
  assert.equal(await pass(0), 1)
  assert.equal(catalogue.count(), 1)
  assert.equal(part.late(), undefined)
  assert.deepEqual(problems, [overflow])
})

test('a scan that finds what no watch told (a network drive): scans come soon, then more seldom while they find nothing, with watches made anew', async (t) => {
  const { part, problems, pass, write, age, heard, catalogue } = setUp(t)
  await pass(EVERY - 1)
  write('a.md')
  age()
  const dead = heard('sub')
  assert.equal(await pass(1), 1)
  const silence =
    'changes are noticed late, by scans alone: one was found that the system did not tell of (a network drive?)'
  assert.equal(part.late(), silence)
  write('b.md')
  assert.equal(await pass(5), 1)
  assert.equal(catalogue.count(), 2)
  assert.notEqual(heard('sub'), dead)
  assert.equal(await pass(5), 1)
  assert.equal(await pass(9), 0)
  assert.equal(await pass(1), 1)
  assert.equal(await pass(19), 0)
  assert.equal(await pass(1), 1)
  assert.equal(await pass(40 + 80 + 160), 3)
  assert.equal(part.late(), undefined)
  assert.equal(await pass(EVERY - 1), 0)
  assert.deepEqual(problems, [silence])
})

test('what was told, or is no fault of the watch, makes no scan come sooner: a hint, a sleep, an index read anew', async (t) => {
  const { part, world, pass, write, age, heard, catalogue } = setUp(t)
  await pass(EVERY - 1)
  write('a.md')
  age()
  world.now += 1000
  heard('').emit('change', 'rename', 'a.md')
  assert.equal(await pass(0), 1)
  assert.equal(await pass(EVERY - 1), 0)
  write('b.md')
  part.scanSoon()
  assert.equal(await pass(EVERY - 1), 1)
  catalogue.commit(() => catalogue.forgetStamps('notes'))
  part.reload()
  assert.equal(await pass(EVERY - 1), 1)
  assert.equal(catalogue.count(), 2)
  assert.equal(part.late(), undefined)
})
