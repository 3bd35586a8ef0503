/**
 * Mutation testing of src/oauth: breaks every rule in it, one at a time, and expects the tests beside its file to go
 * red (all of the room's, where none stands beside it). Tells of each file as soon as it is done. Exit code 1 where fewer than 90 of 100 mutants are noticed. StrykerJS is brought from the registry into a folder of
 * its own each time: it is a tool for a question now and then, and no part of the install.
 *
 *   npm run mutation
 *   npm run mutation -- src/oauth/scope.ts src/oauth/pkce.ts
 *   npm run mutation -- --concurrency 4
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const BAR = 90
/** The runner takes no other version of the core than its own. */
const STRYKER = '10.0.0'

/** As the schema of mutation testing reports has it. */
type Report = {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly mutants: readonly {
          readonly mutatorName: string
          readonly replacement: string
          readonly status: string
          readonly location: { readonly start: { readonly line: number; readonly column: number } }
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
      '@stryker-mutator/tap-runner': STRYKER,
      'fast-check': packages.devDependencies['fast-check'],
    },
  })
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
  const rows: Row[] = []
  for (const file of positionals.length > 0 ? positionals : room()) {
    const beside = file.replace(/\.ts$/, '.test.ts')
    writeJson('stryker.config.json', {
      mutate: [file],
      testRunner: 'tap',
      tap: {
        testFiles: [existsSync(join(folder, beside)) ? beside : 'src/oauth/*.test.ts'],
        nodeArgs: ['--test-reporter=tap', '-r', '{{hookFile}}', '{{testFile}}'],
      },
      coverageAnalysis: 'perTest',
      concurrency: Number(values.concurrency),
      reporters: ['json'],
      jsonReporter: { fileName: 'mutants.json' },
      allowConsoleColors: false,
      logLevel: 'warn',
    })
    rmSync(join(folder, 'mutants.json'), { force: true })
    run(process.execPath, ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run'])
    // None is written for a file of types, which has nothing to break.
    if (existsSync(join(folder, 'mutants.json'))) rows.push(...told(file))
  }
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

/** Every file of the room that is no test. */
function room(): string[] {
  return globSync('src/oauth/*.ts', { cwd: folder })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !file.endsWith('.test.ts'))
    .sort()
}

/** Prints what no test of the file noticed, and answers its row; none where nothing in it can be broken. */
function told(file: string): Row[] {
  const report: Report = JSON.parse(readFileSync(join(folder, 'mutants.json'), 'utf8'))
  const counted = (report.files[file]?.mutants ?? []).filter(({ status }) =>
    ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status),
  )
  if (counted.length === 0) return []
  const missed = counted.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const row = { file, noticed: counted.length - missed.length, all: counted.length }
  console.log(`${file}: ${row.noticed} of ${row.all}`)
  for (const { mutatorName, replacement, status, location } of missed) {
    const { line, column } = location.start
    console.log(`  ${status} ${line}:${column} ${mutatorName} → ${replacement.replace(/\s+/g, ' ')}`)
  }
  return [row]
}

function score({ noticed, all }: Pick<Row, 'noticed' | 'all'>): number {
  return (100 * noticed) / all
}
