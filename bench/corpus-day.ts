/**
 * A day in fast motion: another process makes changes to a folder while clients search it through `/mcp`'s corpus.
 * Counts what is stale two seconds after the change, and watches memory.
 * `node bench/corpus-day.ts [changes, default 10000] [a second, default 100]`
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openCorpus } from '../src/corpus/open.ts'

const CHANGES = Number(process.argv[2] ?? 10_000)
const A_SECOND = Number(process.argv[3] ?? 100)
const FILES = 2_000
/** Milliseconds after which a change has to be found. */
const PROMISE = 2_000

type Change = { readonly at: number; readonly path: string; readonly word: string | undefined }

if (process.env.CORPUSIQ_TEST_DAY === undefined) await watch()
else await work(process.env.CORPUSIQ_TEST_DAY)

/** The other process: writes, deletes, renames, and says each on standard output once it is done. */
async function work(root: string): Promise<void> {
  const words = new Map<string, string>()
  for (let number = 0; number < FILES; number++) words.set(`${number % 40}/${number}.md`, `first${number}`)
  const tell = (path: string, word: string | undefined) =>
    process.stdout.write(
      `${JSON.stringify({ at: performance.timeOrigin + performance.now(), path, word })}\n`,
    )
  let seed = 1
  const dice = (limit: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * limit)
  }
  for (let number = 0; number < CHANGES; number++) {
    const paths = [...words.keys()]
    const path = paths[dice(paths.length)] ?? '0/0.md'
    const kind = dice(10)
    if (kind < 6) {
      const word = `w${number}x${dice(1e9)}`
      writeFileSync(join(root, path), textOf(word))
      words.set(path, word)
      tell(path, word)
    } else {
      const word = words.get(path)
      const next = `${dice(40)}/n${number}.md`
      mkdirSync(dirname(join(root, next)), { recursive: true })
      if (kind < 8) {
        rmSync(join(root, path))
        words.delete(path)
        tell(path, undefined)
        writeFileSync(join(root, next), textOf(`n${number}`))
        words.set(next, `n${number}`)
        tell(next, `n${number}`)
      } else {
        renameSync(join(root, path), join(root, next))
        words.delete(path)
        words.set(next, word ?? '')
        tell(path, undefined)
        tell(next, word)
      }
    }
    await pause(1000 / A_SECOND)
  }
}

function textOf(word: string): string {
  return `# ${word}\n\n${'An ordinary note of some words. '.repeat(30)}\n\n${word}\n`
}

async function watch(): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), 'corpusiq-day-'))
  const root = join(base, 'notes')
  for (let number = 0; number < FILES; number++) {
    const file = join(root, `${number % 40}/${number}.md`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, textOf(`first${number}`))
  }
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  const corpus = await openCorpus({
    folders: [root],
    dataDir: join(base, 'data'),
    emit: ({ type }) => type === 'corpus.indexed' && resolve(),
  })
  await ready
  const env = { ...process.env, CORPUSIQ_TEST_DAY: root }
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const due: Change[] = []
  let rest = ''
  let isOver = false
  child.stdout.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) due.push(JSON.parse(line) as Change)
  })
  child.on('close', () => {
    isOver = true
  })
  const latest = new Map<string, number>()
  let [checked, stale, searches] = [0, 0, 0]
  const memory: number[] = []
  const sampling = setInterval(() => memory.push(residentMiB()), 1000)
  // What another change of the same path has overtaken is not asked for.
  const check = async ({ path, word, at }: Change) => {
    if ((latest.get(path) ?? 0) > at) return
    checked++
    const hits = await corpus.search(word ?? path, 10)
    searches++
    const isThere = hits.some((hit) => hit.path === path)
    if (isThere === (word !== undefined)) return
    // A change that came while the question was on its way.
    await pause(0)
    if ((latest.get(path) ?? 0) > at) return
    stale++
    console.log(`stale after two seconds: ${path} ${word ?? 'deleted'}`)
  }
  let seen = 0
  while (!isOver || due.length > 0) {
    for (; seen < due.length; seen++) latest.set(due[seen]?.path ?? '', due[seen]?.at ?? 0)
    const [first] = due
    const now = performance.timeOrigin + performance.now()
    if (first && now - first.at >= PROMISE) {
      due.shift()
      seen--
      await check(first)
    } else {
      await pause(5)
    }
  }
  clearInterval(sampling)
  const tenth = Math.max(1, Math.floor(memory.length / 10))
  const mean = (list: number[]) => Math.round(list.reduce((sum, one) => sum + one, 0) / list.length)
  console.log(
    `${CHANGES} changes, ${A_SECOND} a second: ${checked} looked for by ${searches} searches two seconds after each, ${stale} stale; ` +
      `resident ${mean(memory.slice(0, tenth))} MiB in the first tenth, ${mean(memory.slice(-tenth))} MiB in the last`,
  )
  await corpus.close()
  rmSync(base, { recursive: true, force: true })
  if (stale > 0) process.exitCode = 1
}

function residentMiB(): number {
  const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1])
  return Math.round((pages * 4096) / 2 ** 20)
}
