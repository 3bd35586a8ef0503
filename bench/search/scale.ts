/**
 * How search scales: synthetic Markdown files in a temporary folder, read and searched by the corpus in a process of its
 * own, and by SQLite's FTS5 in this one. `node bench/search/scale.ts [files] [questions]`
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { createSynthetic, writeFiles } from './synthetic.ts'

/** Documents of one transaction of the baseline. */
const TRANSACTION = 1_000

const files = Number(process.argv[2] ?? 100_000)
const count = Number(process.argv[3] ?? 200)

/** What the process that serves the folder says. */
export type ServingReport = {
  readonly seconds: number
  /** Seconds more until segments were merged. */
  readonly merged: number
  /** Of the whole process, all its threads, for `seconds`. */
  readonly cpuSeconds: number
  readonly documents: number
  /** MiB; the process's most, and after the questions. */
  readonly residentMost: number
  readonly resident: number
  /** Milliseconds that the main thread was late while the first indexing ran. */
  readonly late: { readonly p99: number; readonly most: number }
  /** Milliseconds of each question, asked first with nothing in memory and then again. */
  readonly first: readonly number[]
  readonly again: readonly number[]
}

const base = mkdtempSync(join(tmpdir(), 'corpusiq-scale-'))
try {
  const folder = join(base, 'notes')
  const synthetic = createSynthetic(2026)
  const bytes = writeFiles(folder, files, synthetic)
  const questions = Array.from({ length: count }, () => synthetic.question())
  console.log(
    `${files} files of ${(bytes / files).toFixed(0)} bytes, ${megabytes(bytes)}; ${count} questions`,
  )

  readAll(folder)
  const baseline = measureFts5(folder, join(base, 'fts5.db'), questions)
  print('FTS5', baseline)
  readAll(folder)
  const report = await serve(folder, join(base, 'data'), questions)
  print('ours', report)
  console.log(`segments were merged ${report.merged.toFixed(1)} s later; questions are asked after that`)
  for (const turn of ['first', 'again'] as const) {
    const ratio = (share: number) =>
      (quantile(baseline[turn], share) / quantile(report[turn], share)).toFixed(1)
    console.log(`search, asked ${turn}: p50 1/${ratio(0.5)}, p99 1/${ratio(0.99)} of FTS5 OR`)
  }
  const [time, cpu] = [report.seconds / baseline.seconds, report.cpuSeconds / baseline.cpuSeconds]
  console.log(`first indexing: ${time.toFixed(2)} × FTS5 alone (${cpu.toFixed(2)} × its CPU time)`)
  console.log(
    `resident: ${report.residentMost.toFixed(0)} MiB at most, ${report.resident.toFixed(0)} MiB after the questions`,
  )
  console.log(
    `main thread late while indexing: p99 ${report.late.p99.toFixed(1)} ms, ${report.late.most.toFixed(1)} ms at most`,
  )
  const index = indexBytes(join(base, 'data', 'corpus.db'))
  console.log(
    `index: ${(index.words / bytes).toFixed(2)} bytes per byte of text, file ${(index.file / bytes).toFixed(2)}`,
  )
} finally {
  rmSync(base, { recursive: true, force: true })
}

function measureFts5(folder: string, file: string, questions: readonly string[]) {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  database.exec("create virtual table words using fts5 (body, tokenize='porter unicode61')")
  const insert = database.prepare('insert into words (rowid, body) values (?, ?)')
  const began = performance.now()
  const cpu = process.cpuUsage()
  let number = 0
  database.exec('begin')
  for (const file of filesOf(folder)) {
    insert.run(++number, readFileSync(file, 'utf8'))
    if (number % TRANSACTION === 0) database.exec('commit; begin')
  }
  database.exec('commit')
  const seconds = (performance.now() - began) / 1000
  const cpuSeconds = secondsOf(process.cpuUsage(cpu))
  const match = database.prepare('select rowid from words where words match ? order by rank limit 10')
  const ask = (question: string) => {
    const words = new Set(question.toLowerCase().match(/[\p{L}\p{N}]+/gu))
    const expression = [...words].map((word) => `"${word}"`).join(' OR ')
    const asked = performance.now()
    match.all(expression)
    return performance.now() - asked
  }
  const [first, again] = [questions.map(ask), questions.map(ask)]
  database.close()
  return { seconds, cpuSeconds, first, again }
}

function filesOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.md')).map((name) => join(folder, name))
}

/** So that whoever comes next finds the files in the system's memory, whichever that is: the disk is not measured. */
function readAll(folder: string): void {
  for (const file of filesOf(folder)) readFileSync(file)
}

async function serve(folder: string, dataDir: string, questions: readonly string[]): Promise<ServingReport> {
  mkdirSync(dataDir, { recursive: true })
  const module = fileURLToPath(new URL('./serving.ts', import.meta.url))
  const child = spawn(process.execPath, [module, folder, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(questions))
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as ServingReport
  throw new Error('the process that serves the folder ended without a report')
}

/** `words`: the index without texts and catalogue; `file`: all of it. */
function indexBytes(file: string): { words: number; file: number } {
  const database = new DatabaseSync(file, { readOnly: true })
  const one = (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0)
  const words =
    one('select sum(length(postings)) from segment_chunk') +
    one('select sum(length(documents) + length(lengths) + length(dictionary)) from segment')
  const pages = one('select page_count from pragma_page_count')
  const size = one('select page_size from pragma_page_size')
  console.log(`segments: ${one('select count(*) from segment')}`)
  database.close()
  return { words, file: pages * size }
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6
}

function print(
  name: string,
  {
    seconds,
    cpuSeconds,
    first,
    again,
  }: { seconds: number; cpuSeconds: number; first: readonly number[]; again: readonly number[] },
): void {
  const times = (turn: readonly number[]) => `p50 ${ms(turn, 0.5)}, p99 ${ms(turn, 0.99)}`
  console.log(
    `${name}: indexed in ${seconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s); a question ${times(first)}, asked again ${times(again)}`,
  )
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function ms(times: readonly number[], share: number): string {
  return `${quantile(times, share).toFixed(2)} ms`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
