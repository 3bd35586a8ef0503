/**
 * Mutation testing of src/oauth: breaks every rule in it, one at a time, and expects the room's tests to go red. Prints
 * the score of each file and every mutant that no test noticed. Exit code 1 where fewer than 90 of 100 are noticed.
 * StrykerJS is brought from the registry into a folder of its own each time: it is a tool for a question now and then,
 * and no part of the install. The tests run in its processes (mutation-runner.js): all files take some minutes.
 *
 *   npm run mutation
 *   npm run mutation -- src/oauth/scope.ts src/oauth/pkce.ts
 *   npm run mutation -- --concurrency 4
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const BAR = 90
/** Exactly: the runner of ours follows its interface. */
const STRYKER = '10.0.0'

type Place = { readonly line: number; readonly column: number }

/** As the schema of mutation testing reports has it. */
type Report = {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string
        readonly mutants: readonly {
          readonly mutatorName: string
          readonly replacement: string
          readonly status: string
          readonly location: { readonly start: Place; readonly end: Place }
        }[]
      }
    >
  >
}

type Row = { readonly file: string; readonly noticed: number; readonly all: number }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'corpusiq-mutation-'))

try {
  cpSync(join(root, 'src/oauth'), join(folder, 'src/oauth'), { recursive: true })
  writeJson('package.json', {
    private: true,
    type: 'module',
    devDependencies: {
      '@stryker-mutator/core': STRYKER,
      'fast-check': packages.devDependencies['fast-check'],
    },
  })
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
  cpSync(join(root, 'scripts/mutation-runner.js'), join(folder, 'mutation-runner.mjs'))
  writeJson('stryker.config.json', {
    mutate: positionals.length > 0 ? positionals : ['src/oauth/*.ts', '!src/oauth/*.test.ts'],
    testRunner: 'in-process',
    plugins: ['./mutation-runner.mjs'],
    coverageAnalysis: 'perTest',
    concurrency: Number(values.concurrency),
    reporters: ['json'],
    jsonReporter: { fileName: 'mutants.json' },
    allowConsoleColors: false,
    logLevel: 'warn',
    warnings: { slow: false },
  })
  run(process.execPath, ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run'])
  const report: Report = JSON.parse(readFileSync(join(folder, 'mutants.json'), 'utf8'))
  const rows = Object.keys(report.files)
    .sort()
    .flatMap((file) => told(report, file))
  const sum = (of: 'noticed' | 'all') => rows.reduce((before, row) => before + row[of], 0)
  const total = { file: 'all', noticed: sum('noticed'), all: sum('all') }
  console.log('\n| file | mutants | noticed | score |\n| --- | --: | --: | --: |')
  for (const row of [...rows, total]) {
    console.log(`| ${row.file} | ${row.all} | ${row.noticed} | ${score(row).toFixed(1)} % |`)
  }
  if (score(total) < BAR) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function writeJson(file: string, content: object): void {
  writeFileSync(join(folder, file), JSON.stringify(content))
}

/** In the folder, with this Node.js as the one that the runner finds. Throws where it fails. */
function run(program: string, options: readonly string[]): void {
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`
  const { status, error } = spawnSync(program, options, {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32' && program === 'npm',
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${options.join(' ')} ended with ${status}`)
}

/** Prints what no test noticed in a file, and answers its row; none where nothing in it can be broken (types). */
function told({ files }: Report, file: string): Row[] {
  const { mutants = [], source = '' } = files[file] ?? {}
  const lines = source.split('\n')
  const counted = mutants.filter(({ status }) =>
    ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status),
  )
  if (counted.length === 0) return []
  const missed = counted.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const row = { file, noticed: counted.length - missed.length, all: counted.length }
  console.log(`${file}: ${row.noticed} of ${row.all}`)
  for (const { replacement, status, location } of missed) {
    const { start, end } = location
    const line = lines[start.line - 1] ?? ''
    const was = line.slice(start.column - 1, end.line === start.line ? end.column - 1 : undefined)
    console.log(`  ${status} ${start.line}:${start.column} ${was} → ${replacement.replace(/\s+/g, ' ')}`)
  }
  return [row]
}

function score({ noticed, all }: Pick<Row, 'noticed' | 'all'>): number {
  return (100 * noticed) / all
}
