/** What npm publishes, as its user gets it. */
import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { collect, ownEnvironment } from '../cli/program.ts'
import { freePort } from '../support/running-server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const WINDOWS = process.platform === 'win32'

/** npm and whatever it starts run on this very Node.js. */
const ENVIRONMENT = {
  ...ownEnvironment(),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  npm_config_update_notifier: 'false',
}

const run = promisify(execFile)

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await run('npm', [...args], { cwd, env: ENVIRONMENT, shell: WINDOWS })
  return stdout
}

let directory = ''
let tarball: { filename: string; files: { path: string; mode: number }[] }

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'corpusiq-package-'))
  const told = await npm(['pack', '--json', '--pack-destination', directory], ROOT)
  // What the build says stands before it.
  const packed = JSON.parse(told.slice(told.search(/^[[{]/m)))
  tarball = Array.isArray(packed) ? packed[0] : Object.values(packed)[0]
})

after(() => rm(directory, { recursive: true, force: true }))

test('the package holds the built program and its documentation, no sources and no tests', () => {
  const paths = tarball.files.map(({ path }) => path)
  for (const path of [
    'bin/corpusiq.js',
    'dist/cli/main.js',
    'dist/index.js',
    'dist/index.d.ts',
    'package.json',
    'LICENSE',
    'README.md',
  ]) {
    assert.ok(paths.includes(path), `${path} is missing`)
  }
  const strays = paths.filter((path) => !/^(bin|dist|docs)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path))
  assert.deepEqual(strays, [])
  assert.deepEqual(
    paths.filter((path) => /\.test\.|(?<!\.d)\.ts$/.test(path)),
    [],
  )
})

test('the tarball, installed in an empty folder, starts by npx corpusiq serve', async (context) => {
  const home = join(directory, 'home')
  await mkdir(home)
  try {
    await npm(
      ['install', '--no-audit', '--no-fund', '--prefix', home, join(directory, tarball.filename)],
      home,
    )
  } catch (fault) {
    const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/.exec(String(fault))
    if (!offline) throw fault
    return context.skip(`the npm registry cannot be reached (${offline[0]})`)
  }
  const port = await freePort()
  const server = spawn('npx', ['corpusiq', 'serve', '--port', `${port}`], {
    cwd: home,
    env: ENVIRONMENT,
    shell: WINDOWS,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = collect(server.stdout)
  const closed = once(server.stdout, 'close')
  closed.catch(() => {})
  while (!output().includes(`CorpusIQ is ready: http://127.0.0.1:${port}`)) {
    const [chunk] = await Promise.race([once(server.stdout, 'data'), closed.then(() => [undefined])])
    assert.notEqual(chunk, undefined, `it ended: ${output()}`)
  }
  const metadata = await fetch(`http://127.0.0.1:${port}/.well-known/oauth-authorization-server`)
  assert.equal(metadata.status, 200)
  assert.ok(existsSync(join(home, '.corpusiq', 'corpusiq.db')))
  server.kill('SIGTERM')
  await closed
})

test('started without npx, SIGTERM ends it with exit code 0', {
  skip: WINDOWS && 'no such signal',
}, async (context) => {
  const bin = join(directory, 'home', 'node_modules', 'corpusiq', 'bin', 'corpusiq.js')
  if (!existsSync(bin)) return context.skip('the tarball could not be installed')
  const server = spawn(process.execPath, [bin, 'serve', '--port', `${await freePort()}`], {
    cwd: join(directory, 'home'),
    env: ownEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = collect(server.stdout)
  while (!output().includes('CorpusIQ is ready: ')) await once(server.stdout, 'data')
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  assert.deepEqual(await exited, [0, null])
})

test('an older Node.js is told in one line which one it needs, exit code 1', async (context) => {
  const old = olderNode()
  if (old === undefined) return context.skip('no Node.js older than 24.7 on this machine')
  const { status, stdout, stderr } = spawnSync(old, [join(ROOT, 'bin', 'corpusiq.js'), 'serve'], {
    encoding: 'utf8',
  })
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^CorpusIQ needs Node\.js 24\.7 or newer; this is v\d+\.\d+\.\d+\.[^\n]*\n$/)
})

/** A Node.js of the machine that is older than what CorpusIQ needs. */
function olderNode(): string | undefined {
  const name = WINDOWS ? 'node.exe' : 'node'
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  return candidates
    .filter((file) => existsSync(file))
    .find((file) => {
      const version = spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout
      const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number)
      return major < 24 || (major === 24 && minor < 7)
    })
}
