import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { openIndex } from './index-of-folder.ts'

const PATHS = [
  'a.md',
  'b.md',
  'c.txt',
  'one/a.md',
  'one/b.md',
  'one/deep/a.md',
  'two/a.md',
  'two/c.md',
  'three',
]
const FOLDERS = ['one', 'one/deep', 'two', 'four']
const TEXTS = ['# Green\n\ngreen tea', 'black tea', '', 'a\0b', '# white\n\nwhite coffee', 'green cup']
const IGNORED = ['', '*.txt\n', 'one/\n', '/a.md\n!/a.md\nb.md\n', 'deep\n']
const WORDS = ['green', 'black', 'white', 'tea', 'one', 'deep', 'a', 'b']

type Change =
  | { kind: 'write'; path: string; text: string }
  | { kind: 'remove'; path: string }
  | { kind: 'rename'; from: string; to: string }
  | { kind: 'ignore'; text: string }
  | { kind: 'look'; paths: string[] }
  | { kind: 'restart' }

const any = fc.constantFrom(...PATHS, ...FOLDERS)
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    path: fc.constantFrom(...PATHS),
    text: fc.constantFrom(...TEXTS),
  }),
  fc.record({ kind: fc.constant('remove' as const), path: any }),
  fc.record({ kind: fc.constant('rename' as const), from: any, to: any }),
  fc.record({ kind: fc.constant('ignore' as const), text: fc.constantFrom(...IGNORED) }),
  fc.record({
    kind: fc.constant('look' as const),
    paths: fc.array(fc.constantFrom('', ...PATHS, ...FOLDERS), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('restart' as const) }),
)

for (const afterwards of ['everything', 'hints']) {
  test(`after any series of additions, changes, renames, deletions, looks and restarts the index is as one built afresh (a look at ${afterwards})`, async () => {
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'corpusiq-')))
    try {
      let turn = 0
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 30 }), async (changes) => {
          const root = join(base, String(turn++), 'notes')
          mkdirSync(root, { recursive: true })
          const lived = openIndex(root, `${root}.db`)
          for (const each of changes) {
            if (each.kind === 'look') await lived.look(...each.paths)
            else if (each.kind === 'restart') lived.restart()
            else apply(root, each)
          }
          if (afterwards === 'everything') await lived.look()
          // What a watch tells: every path that something happened to, whenever it comes to say so.
          else await lived.look(...changes.flatMap(hintsOf), 'never.md')
          const fresh = openIndex(root, `${root}-fresh.db`)
          await fresh.look()
          assert.deepEqual(contents(lived), contents(fresh))
          lived.close()
          fresh.close()
          rmSync(dirname(root), { recursive: true, force: true })
        }),
        { numRuns: Number(process.env.CORPUSIQ_TEST_RUNS ?? 60) },
      )
    } finally {
      rmSync(base, { recursive: true, force: true })
    }
  })
}

function hintsOf(change: Change): string[] {
  if (change.kind === 'rename')
    return [change.from, change.to, dirname(change.to)].filter((path) => path !== '.')
  if (change.kind === 'ignore') return ['']
  if (change.kind === 'write') return [change.path, dirname(change.path)].filter((path) => path !== '.')
  return change.kind === 'remove' ? [change.path] : []
}

function contents(index: ReturnType<typeof openIndex>) {
  const documents = index.documents()
  assert.equal(new Set(documents.map(({ id }) => id)).size, documents.length)
  return { documents: documents.map(({ id: _, ...rest }) => rest), answers: WORDS.map(index.found) }
}

function apply(root: string, change: Exclude<Change, { kind: 'look' | 'restart' }>): void {
  const at = (path: string) => join(root, path)
  // What a system refuses (a file in a folder's place) is no change.
  try {
    if (change.kind === 'write') {
      mkdirSync(dirname(at(change.path)), { recursive: true })
      writeFileSync(at(change.path), change.text)
    } else if (change.kind === 'remove') {
      rmSync(at(change.path), { recursive: true, force: true })
    } else if (change.kind === 'ignore') {
      writeFileSync(at('.gitignore'), change.text)
    } else {
      statSync(at(change.from))
      mkdirSync(dirname(at(change.to)), { recursive: true })
      renameSync(at(change.from), at(change.to))
    }
  } catch {}
}
