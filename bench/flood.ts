/**
 * `npm run bench:flood`: registrations at full speed from many addresses, and what it costs those who use the server
 * meanwhile. Prints a table for docs/benchmarks.md.
 *
 *   npm run bench:flood -- --registrations 20000 --addresses 5000 --connections 32
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { DATABASE } from '../src/store/open.ts'
import { Browser } from '../test/support/browser.ts'
import {
  authorize,
  CONFIDENTIAL_CLIENT,
  callMcp,
  exchangeCode,
  PUBLIC_CLIENT,
  type RegisteredClient,
  refresh,
  registerClient,
  tokensOf,
} from '../test/support/scenario.ts'
import { OWNER, type Site } from '../test/support/site.ts'
import { CONTENDERS, start } from './contenders.ts'
import type { Job, JobResult } from './generator.ts'
import { cpuSeconds, residentMiB } from './processes.ts'
import type { Prepared } from './workloads.ts'

const { values } = parseArgs({
  options: {
    registrations: { type: 'string', default: '200000' },
    addresses: { type: 'string', default: '50000' },
    connections: { type: 'string', default: '32' },
    /** Clients that were authorized before the flood. */
    authorized: { type: 'string', default: '200' },
    /** Whole flows measured before the flood, and after it. */
    flows: { type: 'string', default: '200' },
  },
})
const numbers = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]))
const { registrations = 0, addresses = 0, connections = 0, authorized = 0, flows = 0 } = numbers

const STEPS = ['register', 'consent', 'exchange', 'tools/list', 'refresh'] as const
type Flow = Record<(typeof STEPS)[number] | 'whole', number>

let honest = 0

/** The normal client, from an address that changes now and then: the limit for each stays on. */
function normalSite(port: number): Site {
  return {
    url: `http://127.0.0.1:${port}`,
    fetch: (request) => {
      request.headers.set('x-forwarded-for', `192.0.2.${Math.floor(honest++ / 20) % 256}`)
      return fetch(request)
    },
  }
}

type Connected = { readonly client: RegisteredClient; readonly refresh_token: string }

/** A normal client's whole flow, the owner being signed in; milliseconds of each step. */
async function flow(site: Site, browser: Browser, metadata = PUBLIC_CLIENT): Promise<[Flow, Connected]> {
  const times: Partial<Flow> = {}
  const begin = performance.now()
  let before = begin
  const done = <T>(step: keyof Flow, result: T): T => {
    const now = performance.now()
    times[step] = now - before
    before = now
    return result
  }
  const client = done('register', await registerClient(site, metadata))
  const code = done('consent', await authorize(site, client, { browser }))
  const tokens = done('exchange', await tokensOf(await exchangeCode(site, client, code)))
  const tools = done('tools/list', await callMcp(site, tokens.access_token))
  assert.equal(tools.status, 200)
  await tools.text()
  before = performance.now()
  const { refresh_token = '' } = done(
    'refresh',
    await tokensOf(await refresh(site, client, tokens.refresh_token ?? '')),
  )
  times.whole = performance.now() - begin
  return [times as Flow, { client, refresh_token }]
}

function quantile(all: readonly Flow[], step: keyof Flow, share: number): number {
  const sorted = all.map((each) => each[step]).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}

/** What the database takes, its log and index of the log included. */
function mebibytes(directory: string): number {
  const files = readdirSync(directory).filter((name) => name.startsWith(DATABASE))
  return files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0) / 2 ** 20
}

function count(directory: string, condition: string): number {
  const database = new DatabaseSync(join(directory, DATABASE), { readOnly: true })
  const row = database.prepare(`SELECT count(*) AS count FROM clients WHERE ${condition}`).get()
  database.close()
  return Number(row?.count)
}

type Size = { database: number; resident: number; unused: number }

function size(directory: string, pid: number): Size {
  const unused = count(directory, 'authorized_at = 0')
  return { database: mebibytes(directory), resident: residentMiB(pid), unused }
}

/** The flood, by a process of its own. */
function flood(port: number): Promise<Extract<JobResult, { ok: true }>> {
  const generator = fork(join(import.meta.dirname, 'generator.ts'))
  return new Promise((resolve, reject) => {
    generator.once('message', (result: JobResult) => {
      generator.kill()
      if (result.ok) resolve(result)
      else reject(new Error(result.fault))
    })
    // Only the path is asked of what is prepared: nobody signs in.
    const prepared = { paths: { register: '/register' } } as Prepared
    const workload = 'register public'
    generator.send({ port, workload, connections, units: registrations, addresses, prepared } satisfies Job)
  })
}

const corpusiq = CONTENDERS.find(({ name }) => name === 'corpusiq')
assert.ok(corpusiq)
const environment = {
  CORPUSIQ_OWNER_USERNAME: OWNER.username,
  CORPUSIQ_OWNER_PASSWORD: OWNER.password,
}
const server = await start({ ...corpusiq, environment })
const { port, directory } = server
const pid = server.child.pid ?? 0
try {
  const site = normalSite(port)
  const browser = new Browser(site)
  const connected: Connected[] = []
  for (let index = 0; index < authorized; index++) {
    const metadata = index % 2 === 0 ? PUBLIC_CLIENT : CONFIDENTIAL_CLIENT
    connected.push((await flow(site, browser, metadata))[1])
  }
  const measured = { before: [] as Flow[], during: [] as Flow[], after: [] as Flow[] }
  for (let index = 0; index < flows; index++) measured.before.push((await flow(site, browser))[0])
  const sizes = { before: size(directory, pid), during: size(directory, pid), after: size(directory, pid) }
  const cpuBefore = cpuSeconds(pid)

  let over = false
  const flooded = flood(port).finally(() => {
    over = true
  })
  const sampling = (async () => {
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      const now = size(directory, pid)
      for (const member of ['database', 'resident', 'unused'] as const)
        sizes.during[member] = Math.max(sizes.during[member], now[member])
    }
  })()
  while (!over) measured.during.push((await flow(site, browser))[0])
  const result = await flooded
  await sampling
  const cpu = cpuSeconds(pid) - cpuBefore

  for (let index = 0; index < flows; index++) measured.after.push((await flow(site, browser))[0])
  sizes.after = size(directory, pid)
  let untouched = 0
  for (const { client, refresh_token } of connected) {
    await tokensOf(await refresh(site, client, refresh_token))
    untouched++
  }

  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const milliseconds = (value: number) => value.toFixed(1)
  const latency = ([...STEPS, 'whole'] as const).map((step) => {
    const cells = ([0.5, 0.99] as const).flatMap((share) => {
      const [before, during, after] = (['before', 'during', 'after'] as const).map((when) =>
        quantile(measured[when], step, share),
      )
      const ratio = ((during ?? 0) * 2) / ((before ?? 0) + (after ?? 0))
      return [before, during, after].map((value) => milliseconds(value ?? 0)).concat(`× ${ratio.toFixed(1)}`)
    })
    return line([step === 'whole' ? '**whole flow**' : step, ...cells])
  })
  const member = (name: keyof Size, digits: number) =>
    (['before', 'during', 'after'] as const).map((when) => sizes[when][name].toFixed(digits))
  console.log(
    [
      `${registrations.toLocaleString('en')} registrations from ${addresses.toLocaleString('en')} addresses in ${result.seconds.toFixed(0)} s (${(registrations / result.seconds).toFixed(0)} a second, over ${connections} connections, p50 ${milliseconds(result.p50)} ms, p99 ${milliseconds(result.p99)} ms; ${((cpu / registrations) * 1e6).toFixed(0)} µs of the server's CPU each, the normal flows beside them included).`,
      '',
      line(['', 'before', 'at most, during', 'after']),
      '|---|---|---|---|',
      line(['database, MiB (its log included)', ...member('database', 1)]),
      line(['resident memory, MiB', ...member('resident', 0)]),
      line(['clients that nobody authorized', ...member('unused', 0)]),
      '',
      `Of ${connected.length} clients authorized before it, ${untouched} are there and refresh. ${measured.during.length} more came during the flood, each from registration to refresh.`,
      '',
      line(['step, ms', 'p50 before', 'during', 'after', '', 'p99 before', 'during', 'after', '']),
      '|---|---|---|---|---|---|---|---|---|',
      ...latency,
    ].join('\n'),
  )
} finally {
  await server.stop()
}
