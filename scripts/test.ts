/**
 * Runs the tests: every `*.test.ts` below src/ and test/, or those whose path begins with an argument.
 *
 *   npm test
 *   npm test -- test/rfc src/oauth/pkce.test.ts
 *   npm test -- --test-name-pattern "RFC 7591" --concurrency 1
 */
import { globSync } from 'node:fs'
import { relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'test-name-pattern': { type: 'string', multiple: true, short: 't' },
    // Tests start servers and hash passwords: more at once makes none of them faster.
    concurrency: { type: 'string', default: '2' },
  },
})

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const wanted = positionals.map((path) => relative(root, path).replaceAll('\\', '/'))
const files = globSync('{src,test}/**/*.test.ts')
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => wanted.length === 0 || wanted.some((path) => file.startsWith(path)))
  .sort()

if (files.length === 0) {
  console.error(`No test file begins with ${wanted.join(' or ')}`)
  process.exit(1)
}

const skipped: string[] = []
const names = values['test-name-pattern']
const tests = run({
  files,
  concurrency: Number(values.concurrency),
  // A test that waits for ever says so, instead of holding up the run.
  timeout: 180_000,
  ...(names ? { testNamePatterns: names } : {}),
})
tests.on('test:fail', (event) => {
  if (event.todo === undefined) process.exitCode = 1
})
tests.on('test:pass', (event) => {
  if (event.skip === undefined || names) return
  const reason = typeof event.skip === 'string' && event.skip !== '' ? event.skip : 'no reason given'
  skipped.push(`${event.file ? relative(root, event.file) : ''}: ${event.name} (${reason})`)
})
tests.on('end', () => {
  if (skipped.length > 0) setImmediate(() => console.log(`Skipped:\n  ${skipped.join('\n  ')}`))
})
tests.compose(spec).pipe(process.stdout)
