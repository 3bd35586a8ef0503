/**
 * The official MCP conformance suite against the program as its user starts it: `npm run conformance`. The suite comes
 * from the registry, at a pinned version, and is no dependency of ours.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { Browser } from '../support/browser.ts'
import { freePort, type RunningServer, startServer } from '../support/running-server.ts'
import { obtainTokens, PUBLIC_CLIENT, registerClient, signInAndDecide } from '../support/scenario.ts'
import { startBearerProxy } from './bearer-proxy.ts'
import { NOT_APPLICABLE } from './not-applicable.ts'
import { judge } from './verdict.ts'

const SUITE = '@modelcontextprotocol/conformance@0.2.0-alpha.12'
const REVISIONS = ['2025-11-25', '2026-07-28']

const npm = process.env.npm_execpath
if (npm === undefined) {
  console.error('Run it by npm: npm run conformance')
  process.exit(1)
}

await using server = await startServer()
await server.says(/Corpus indexed/)
const results = await mkdtemp(join(tmpdir(), 'corpusiq-conformance-'))
const unused: (readonly string[])[] = []
try {
  for (const revision of REVISIONS) {
    await report(`server, ${revision}`, (directory) => runServerSuite(server, revision, directory))
  }
  // A public client alone: the suite sends no secret to a server that lists `none`, so ours would refuse it.
  await report('authorization server', (directory) => runAuthorizationSuite(server, directory))
} finally {
  await rm(results, { recursive: true, force: true })
}
for (const entry of unused[0] ?? []) {
  if (!unused.every((entries) => entries.includes(entry))) continue
  console.log(`✖ ${entry} is listed as not applicable, but did not fail: take it out of the list`)
  process.exitCode = 1
}
for (const { checks, reason } of NOT_APPLICABLE)
  console.log(`not applicable: ${checks.join(', ')}: ${reason}`)

async function report(name: string, run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(results, 'run-'))
  await run(directory)
  const verdict = await judge(directory)
  unused.push(verdict.unused)
  console.log(`${name}: ${verdict.passed} passed, ${verdict.notApplicable} not applicable`)
  for (const line of verdict.failed) console.log(`✖ ${line}`)
  if (verdict.failed.length > 0) process.exitCode = 1
}

/** The suite knows nothing of tokens: a proxy puts one on. */
async function runServerSuite(target: RunningServer, revision: string, directory: string): Promise<void> {
  const { access_token } = await obtainTokens(target, await registerClient(target))
  await using proxy = await startBearerProxy(target.port, access_token)
  const url = `http://127.0.0.1:${proxy.port}/mcp`
  const suite = startSuite(['server', '--url', url, '--requirements', revision, '-o', directory])
  suite.stdout?.resume()
  await once(suite, 'exit')
}

/** The suite prints the address that a person should open; here the person is a browser of ours. */
async function runAuthorizationSuite(target: RunningServer, directory: string): Promise<void> {
  const port = await freePort()
  const redirect_uris = [`http://127.0.0.1:${port}/callback`]
  const { client_id } = await registerClient(target, { ...PUBLIC_CLIENT, redirect_uris })
  const suite = startSuite([
    ...['authorization', '--url', target.url, '--resource', `${target.url}/mcp`],
    ...['--client-id', client_id, '--port', String(port), '-o', directory],
  ])
  let output = ''
  let opened = false
  suite.stdout?.setEncoding('utf8').on('data', async (text: string) => {
    output += text
    const url = /^(http\S+\/authorize\?\S+)\s/m.exec(output)?.[1]
    // It listens for the callback a moment after it has printed the address.
    if (opened || url === undefined || !output.includes('Callback server started')) return
    opened = true
    const visit = await signInAndDecide(new Browser(target), url)
    await fetch(visit.url)
  })
  await once(suite, 'exit')
}

function startSuite(args: readonly string[]): ChildProcess {
  const command = [npm ?? '', 'exec', '--yes', `--package=${SUITE}`, '--', 'conformance', ...args]
  // The suite needs the runtime of the checkout too, not the machine's.
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`
  return spawn(process.execPath, command, {
    cwd: results,
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
