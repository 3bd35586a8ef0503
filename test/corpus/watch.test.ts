import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { watchFolder } from '../../src/corpus/sources/watch.ts'
import { becomes, testFolder } from './folder.ts'

const linux = process.platform === 'linux' ? false : 'needs inotify'

test('more changes at once than the system keeps lead to a look at everything', {
  skip: linux,
}, async (t) => {
  const { path: root, write, remove } = testFolder(t, { 'a.md': 'tea' })
  const hints = new Set<string>()
  const watch = watchFolder({ root }, { hint: (path) => hints.add(path), overflow: () => hints.add('') })
  t.after(() => watch.close())
  watch.cover('')
  write('b.md', 'tea')
  await becomes(() => hints.has('b.md'))
  assert.ok(!hints.has(''))
  // In one go of ours, so that nothing of it is heard in between; hidden files count too.
  for (let index = 0; index < 6000; index++) {
    write(`.hidden${index}`, '')
    remove(`.hidden${index}`)
  }
  await becomes(() => hints.has(''))
})

test('a folder that is deleted and made again at once is heard: it may have the inode that the other had', {
  skip: linux,
}, async (t) => {
  const { path: root, write } = testFolder(t, { 'sub/a.md': 'tea' })
  const hints = new Set<string>()
  const watch = watchFolder({ root }, { hint: (path) => hints.add(path), overflow: () => hints.add('') })
  t.after(() => watch.close())
  const remade = async (path: string, file: string) => {
    hints.clear()
    rmSync(join(root, path), { recursive: true })
    mkdirSync(join(root, path))
    await becomes(() => hints.has(path))
    watch.cover(path)
    hints.clear()
    write(file, 'tea')
    await becomes(() => hints.has(file), 2)
  }
  watch.cover('')
  watch.cover('sub')
  await remade('sub', 'sub/b.md')
  await remade('', 'c.md')
})

test('where the system allows no more watches it is known, and why', { skip: linux }, (t) => {
  const { path: root } = testFolder(t, { 'one/a.md': 'tea', 'two/b.md': 'tea' })
  const module = join(import.meta.dirname, '../../src/corpus/sources/watch.ts')
  // The limit of open files holds for watchers too, and a process may lower its own.
  const script = `
    const { watchFolder } = await import(${JSON.stringify(module)})
    const { openSync } = await import('node:fs')
    try { for (;;) openSync('/dev/null') } catch {}
    const watch = watchFolder({ root: ${JSON.stringify(root)} }, { hint() {}, overflow() {} })
    for (const path of ['', 'one', 'two']) watch.cover(path)
    process.stderr.write = () => true
    console.log(JSON.stringify({ shortage: watch.shortage() }))
    process.exit(0)`
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script],
    { encoding: 'utf8' },
  )
  assert.match(stdout, /^\{/, stderr)
  assert.deepEqual(JSON.parse(stdout), {
    shortage:
      'changes are noticed late, by scans alone: the system allows no more watchers (fs.inotify.max_user_instances, or open files)',
  })
})
