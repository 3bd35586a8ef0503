import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Corpus } from '../../src/corpus/corpus.ts'
import { openCorpus } from '../../src/corpus/open.ts'
import { contentsOf } from '../corpus/contents.ts'
import { createDice, type Dice } from './dice.ts'

const CHILD = fileURLToPath(new URL('./indexing-life.ts', import.meta.url))
const FILES = 400
/** A kill comes within so many milliseconds of the opening: in the midst of the first scan, of changes, or of rest. */
const LONGEST = 700

/**
 * Kills a process that indexes a folder, `rounds` times, while the folder changes; after each kill the index's file is
 * sound, and at the end the index is as one built afresh. Rejects where it is not.
 */
export async function crashIndex(options: {
  rounds: number
  seed: number
  tell?: (line: string) => void
}): Promise<{ killedInTheMidst: number }> {
  const { rounds, seed, tell = () => {} } = options
  const dice = createDice(seed)
  const base = await mkdtemp(join(tmpdir(), 'corpusiq-crash-'))
  const root = join(base, 'notes')
  const dataDir = join(base, 'data')
  let killedInTheMidst = 0
  try {
    for (let file = 0; file < FILES; file++) write(root, dice)
    for (let round = 1; round <= rounds; round++) {
      const child = spawn(process.execPath, [CHILD, root, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
      let said = ''
      child.stdout.on('data', (chunk) => {
        said += chunk
      })
      await once(child.stdout, 'data')
      const end = performance.now() + dice.below(LONGEST)
      while (performance.now() < end) {
        change(root, dice)
        await pause(dice.below(20))
      }
      await kill(child)
      const isBusy = said.trimEnd().endsWith('busy')
      if (isBusy) killedInTheMidst++
      assertSound(dataDir, `seed ${seed}, round ${round}`)
      tell(`round ${round}: killed while it was ${isBusy ? 'indexing' : 'at rest'}; the file is sound`)
    }
    const lived = await settled(root, dataDir)
    const fresh = await settled(root, join(base, 'fresh'))
    try {
      const words = Array.from({ length: 40 }, (_, number) => wordOf(number))
      assert.deepEqual(await contentsOf(lived, words), await contentsOf(fresh, words), `seed ${seed}`)
    } finally {
      await Promise.all([lived.close(), fresh.close()])
    }
    return { killedInTheMidst }
  } finally {
    await rm(base, { recursive: true, force: true })
  }
}

/** Opens the corpus and waits until all is indexed. */
async function settled(root: string, dataDir: string): Promise<Corpus> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const corpus = await openCorpus({
    folders: [root],
    dataDir,
    emit: ({ type }) => type === 'corpus.indexed' && resolve(),
  })
  await promise
  return corpus
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
}

/** Looks at a copy, so that the looking mends nothing. */
function assertSound(dataDir: string, when: string): void {
  const copy = join(dataDir, 'copy.db')
  for (const ending of ['', '-wal']) {
    const file = join(dataDir, `corpus.db${ending}`)
    if (existsSync(file)) copyFileSync(file, copy + ending)
  }
  const database = new DatabaseSync(copy)
  assert.equal(database.prepare('pragma integrity_check').get()?.integrity_check, 'ok', when)
  database.close()
  for (const ending of ['', '-wal', '-shm']) rmSync(copy + ending, { force: true })
}

/** Words so unlike each other that none is taken for another. */
function wordOf(number: number): string {
  const letters = createDice(number * 7919 + 1)
  return Array.from({ length: 9 }, () => String.fromCharCode(97 + letters.below(26))).join('')
}

function pathOf(dice: Dice): string {
  return `${dice.below(9)}/${dice.below(5)}/${dice.below(40)}.md`
}

function write(root: string, dice: Dice): void {
  const file = join(root, pathOf(dice))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `# Note\n\n${wordOf(dice.below(200))} and more text. `.repeat(1 + dice.below(60)))
}

function change(root: string, dice: Dice): void {
  const some = join(root, pathOf(dice))
  const kind = dice.below(6)
  if (kind < 3) write(root, dice)
  else if (kind === 3) rmSync(some, { force: true })
  else if (kind === 4 && existsSync(some)) {
    const to = join(root, pathOf(dice))
    mkdirSync(dirname(to), { recursive: true })
    renameSync(some, to)
  } else {
    const folders = readdirSync(root)
    const from = join(root, folders[dice.below(folders.length)] ?? '0')
    const to = join(root, String(dice.below(12)))
    if (!existsSync(to)) renameSync(from, to)
  }
}
