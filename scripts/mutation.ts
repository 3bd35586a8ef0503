/**
 * Mutation testing of src/oauth: breaks every rule in it, one at a time, and expects the tests beside it to go red.
 * Exit code 1 where fewer than 90 of 100 mutants are noticed. StrykerJS is brought from the registry into a folder of
 * its own each time: it is a tool for a question now and then, and no part of the install.
 *
 *   npm run mutation
 *   npm run mutation -- src/oauth/scope.ts src/oauth/pkce.ts
 *   npm run mutation -- --concurrency 4 --report mutants.json
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
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

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' }, report: { type: 'string' } },
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
  writeJson('stryker.config.json', {
    mutate: positionals.length > 0 ? positionals : ['src/oauth/**/*.ts', '!src/oauth/**/*.test.ts'],
    testRunner: 'tap',
    tap: {
      testFiles: ['src/oauth/**/*.test.ts'],
      nodeArgs: ['--test-reporter=tap', '-r', '{{hookFile}}', '{{testFile}}'],
    },
    coverageAnalysis: 'perTest',
    concurrency: Number(values.concurrency),
    reporters: ['json'],
    jsonReporter: { fileName: 'mutants.json' },
    allowConsoleColors: false,
  })
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
  run(process.execPath, ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run'])
  const report = join(folder, 'mutants.json')
  if (values.report !== undefined) cpSync(report, resolve(values.report))
  if (tell(JSON.parse(readFileSync(report, 'utf8'))) < BAR) process.exitCode = 1
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

/** Prints what no test noticed and the score of each file; answers the score of all, of 100. */
function tell(report: Report): number {
  const rows: { file: string; noticed: number; all: number }[] = []
  for (const [file, { mutants }] of Object.entries(report.files).sort()) {
    const counted = mutants.filter(({ status }) =>
      ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status),
    )
    if (counted.length === 0) continue
    const missed = counted.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    for (const { mutatorName, replacement, status, location } of missed) {
      const { line, column } = location.start
      const became = replacement.replace(/\s+/g, ' ')
      console.log(`${status} ${file}:${line}:${column} ${mutatorName} → ${became}`)
    }
    rows.push({ file, noticed: counted.length - missed.length, all: counted.length })
  }
  const sum = (of: 'noticed' | 'all') => rows.reduce((before, row) => before + row[of], 0)
  const score = ({ noticed, all }: { noticed: number; all: number }) => (100 * noticed) / all
  const total = { file: 'all', noticed: sum('noticed'), all: sum('all') }
  console.log('\n| file | mutants | noticed | score |\n| --- | --: | --: | --: |')
  for (const row of [...rows, total]) {
    console.log(`| ${row.file} | ${row.all} | ${row.noticed} | ${score(row).toFixed(1)} % |`)
  }
  return score(total)
}
