/**
 * Brings the packages of package-lock.json, this project's own Node.js among them, where they are missing or older
 * than it; else says nothing. Runs before `npm start` and `npm test`, under whatever Node.js the machine carries (20).
 */
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** When a file last changed; 0 where there is none. */
function changedAt(file) {
  return statSync(new URL(`../${file}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

if (changedAt('package-lock.json') > changedAt('node_modules/.package-lock.json')) {
  console.error('Installing the packages that CorpusIQ runs on (once) …')
  const options = [
    'ci',
    // All of them, whatever the user's own configuration leaves out: the runtime is an optional one.
    '--include=dev',
    '--include=optional',
    // The machine's Node.js may be older than the one this installs.
    '--engine-strict=false',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ]
  const npm = process.env.npm_execpath
  const { status, error } = /npm-cli\.c?js$/.test(npm ?? '')
    ? spawnSync(process.execPath, [npm, ...options], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', options, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (error) console.error(`npm could not be started: ${error.message}`)
  process.exitCode = status ?? 1
}
