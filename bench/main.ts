/**
 * `npm run bench`: CorpusIQ beside its floors and its established peer, in one run, interleaved. Prints the tables
 * and writes docs/benchmarks.md. Never a test: these figures depend on the machine; quote the ratios.
 *
 *   npm run bench                      everything, about twenty minutes
 *   npm run bench -- --rounds 2 --seconds 1 --only "refresh,introspect" --no-growth --no-write
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ColdStart, coldStarts } from './cold-start.ts'
import { CONTENDERS, type Running, start } from './contenders.ts'
import { startGenerator } from './generate.ts'
import { type GoalRow, goals, LIFE_GOALS } from './goals.ts'
import { type GrowthStep, growth } from './growth.ts'
import { median } from './median.ts'
import { cpuSeconds } from './processes.ts'
import type { Prepared, WorkloadName } from './workloads.ts'

if (process.platform !== 'linux') {
  console.error('The benchmark reads CPU time and memory from /proc, which is there on Linux alone.')
  process.exit(1)
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
    contenders: { type: 'string' },
    'no-growth': { type: 'boolean', default: false },
    'no-write': { type: 'boolean', default: false },
  },
})

/** How many connections each workload keeps busy. */
const RUNS: readonly { workload: WorkloadName; connections: number }[] = [
  { workload: 'metadata', connections: 32 },
  { workload: 'register public', connections: 1 },
  { workload: 'register public', connections: 32 },
  { workload: 'register confidential', connections: 32 },
  { workload: 'code flow', connections: 1 },
  { workload: 'code flow', connections: 16 },
  { workload: 'refresh', connections: 1 },
  { workload: 'refresh', connections: 16 },
  { workload: 'mcp tools/list', connections: 1 },
  { workload: 'mcp tools/list', connections: 16 },
  { workload: 'introspect', connections: 1 },
  { workload: 'introspect', connections: 16 },
]

export type Measure = {
  cpuMicroseconds: number
  perSecond: number
  p50: number
  p99: number
  generatorShare: number
}
export type Results = Map<string, Map<string, Measure[]>>

const { generate, stop } = startGenerator()

const chosen = options.contenders?.split(',')
const contenders = CONTENDERS.filter(({ name }) => !chosen || chosen.includes(name))
const only = options.only?.split(',')
const runs = RUNS.filter(({ workload }) => !only || only.includes(workload))

const version = (name: string): string =>
  (
    JSON.parse(readFileSync(join(import.meta.dirname, '../node_modules', name, 'package.json'), 'utf8')) as {
      version: string
    }
  ).version

async function throughput(): Promise<Results> {
  const running: { server: Running; prepared: Prepared }[] = []
  const results: Results = new Map()
  try {
    for (const contender of contenders) {
      const server = await start(contender)
      const one = { server, prepared: undefined as unknown as Prepared }
      running.push(one)
      one.prepared = await contender.prepare(`http://127.0.0.1:${server.port}`, 16)
    }
    for (const { workload, connections } of runs) {
      const label = `${workload} @${connections}`
      const row = new Map<string, Measure[]>()
      results.set(label, row)
      const able = running.filter(({ server }) => !server.contender.lacks.includes(workload))
      for (let round = 0; round <= Number(options.rounds); round++) {
        for (let step = 0; step < able.length; step++) {
          const one = able[(step + round) % able.length]
          if (!one) continue
          const measure = await measureOnce(one.server, one.prepared, workload, connections)
          // The first round warms up.
          if (round > 0)
            row.set(one.server.contender.name, [...(row.get(one.server.contender.name) ?? []), measure])
        }
      }
      console.log(formatRow(label, row))
    }
  } finally {
    for (const { server } of running) await server.stop()
  }
  return results
}

async function measureOnce(
  server: Running,
  prepared: Prepared,
  workload: WorkloadName,
  connections: number,
): Promise<Measure> {
  const pid = server.child.pid ?? 0
  // Each round of the refresh workload starts from fresh chains.
  if (workload === 'refresh') {
    prepared = await server.contender.prepare(`http://127.0.0.1:${server.port}`, connections)
  }
  const before = cpuSeconds(pid)
  const result = await generate({
    port: server.port,
    workload,
    connections,
    milliseconds: Number(options.seconds) * 1000,
    prepared,
  })
  const cpu = cpuSeconds(pid) - before
  return {
    cpuMicroseconds: (cpu * 1e6) / result.units,
    perSecond: result.units / result.seconds,
    p50: result.p50,
    p99: result.p99,
    generatorShare: result.ownCpuSeconds / result.seconds,
  }
}

/** Medians of the rounds' ratios, not the ratio of the medians: the machine drifts. */
function ratio(
  mine: readonly Measure[],
  theirs: readonly Measure[],
  member: 'cpuMicroseconds' | 'perSecond',
): number {
  return median(mine.map((one, round) => one[member] / (theirs[round]?.[member] ?? Number.NaN)))
}

function formatRow(label: string, row: Map<string, Measure[]>): string {
  const cells = [...row].map(([name, measures]) => {
    const cpu = median(measures.map((one) => one.cpuMicroseconds))
    const rate = median(measures.map((one) => one.perSecond))
    return `${name} ${cpu.toFixed(0)} µs ${rate.toFixed(0)}/s`
  })
  return `${label}: ${cells.join(' · ')}`
}

function table(results: Results): string {
  const names = contenders.map(({ name }) => name)
  const lines = [
    `| µs of CPU, req/s (share of floor's) | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---').join('|')}|`,
  ]
  for (const [label, row] of results) {
    const floor = row.get('floor') ?? []
    const cells = names.map((name) => {
      const measures = row.get(name)
      if (!measures) return '–'
      const cpu = median(measures.map((one) => one.cpuMicroseconds)).toFixed(0)
      const rate = median(measures.map((one) => one.perSecond)).toFixed(0)
      const p99 = median(measures.map((one) => one.p99)).toFixed(1)
      return `${cpu} µs, ${rate}/s (x${ratio(measures, floor, 'perSecond').toFixed(2)}), p99 ${p99} ms`
    })
    lines.push(`| ${label} | ${cells.join(' | ')} |`)
  }
  return lines.join('\n')
}

function goalTable(results: Results): string {
  const lines = ['| goal | measured | met |', '|---|---|---|']
  for (const goal of goals) lines.push(goalLine(goal, results))
  return lines.join('\n')
}

function goalLine({ label, against, member, bound }: GoalRow, results: Results): string {
  const row = results.get(label)
  const mine = row?.get('corpusiq')
  const theirs = row?.get(against)
  const what = member === 'cpuMicroseconds' ? 'CPU' : 'req/s'
  const sign = member === 'cpuMicroseconds' ? '≤' : '≥'
  const text = `${label}: ${what} ${sign} ${bound} × ${against}`
  if (!mine || !theirs) return `| ${text} | not run | – |`
  const measured = ratio(mine, theirs, member)
  const met = member === 'cpuMicroseconds' ? measured <= bound : measured >= bound
  return `| ${text} | ${measured.toFixed(2)} × | ${met ? 'yes' : '**no**'} |`
}

function startTable(starts: ReadonlyMap<string, ColdStart>): string {
  const lines = [
    '| cold start | spawn → metadata 200 (ms, median of 7) | resident 0.3 s later (MiB) |',
    '|---|---|---|',
  ]
  for (const [name, { milliseconds, mebibytes }] of starts) {
    lines.push(`| ${name} | ${milliseconds.toFixed(0)} | ${mebibytes.toFixed(0)} |`)
  }
  return lines.join('\n')
}

function growthTable(steps: ReadonlyMap<string, readonly GrowthStep[]>): string {
  const lines = [
    '| contender | clients | CPU µs a registration | resident MiB | bytes on disk a client (WAL included) |',
    '|---|---|---|---|---|',
  ]
  for (const [name, all] of steps) {
    for (const { clients, cpuMicroseconds, mebibytes, bytesPerClient } of all) {
      const figures = [cpuMicroseconds, mebibytes, bytesPerClient].map((figure) => figure.toFixed(0))
      lines.push(`| ${name} | ${clients} | ${figures.join(' | ')} |`)
    }
  }
  return lines.join('\n')
}

function lifeGoalTable(
  starts: ReadonlyMap<string, ColdStart>,
  steps: ReadonlyMap<string, readonly GrowthStep[]>,
): string {
  const [mine, floor] = [starts.get('corpusiq'), starts.get('floor')]
  const grown = steps.get('corpusiq')?.at(-1)
  const young = steps.get('corpusiq')?.find(({ clients }) => clients === 10_000)
  const rows: [string, number | undefined, number][] = [
    ['cold start, × floor', mine && floor && mine.milliseconds / floor.milliseconds, LIFE_GOALS.coldStart],
    ['resident when idle, MiB', mine?.mebibytes, LIFE_GOALS.idleMebibytes],
    ['resident with 100,000 clients, MiB', grown?.mebibytes, LIFE_GOALS.grownMebibytes],
    [
      'CPU of a registration beside 100,000 clients, × beside 10,000',
      grown && young && grown.cpuMicroseconds / young.cpuMicroseconds,
      LIFE_GOALS.grownCpu,
    ],
    ['bytes on disk a client', grown?.bytesPerClient, LIFE_GOALS.bytesPerClient],
  ]
  const lines = ['| goal | measured | met |', '|---|---|---|']
  for (const [what, measured, bound] of rows) {
    if (measured === undefined) continue
    const digits = bound < 10 ? 2 : 0
    lines.push(
      `| ${what} ≤ ${bound} | ${measured.toFixed(digits)} | ${measured <= bound ? 'yes' : '**no**'} |`,
    )
  }
  return lines.join('\n')
}

/** What a start costs, and what becomes of a server that registers 100,000 clients. */
async function life(): Promise<string> {
  const starts = await coldStarts(contenders)
  const steps = new Map<string, GrowthStep[]>()
  for (const contender of contenders) {
    if (['corpusiq', 'floor-ordered'].includes(contender.name)) {
      steps.set(contender.name, await growth(contender, generate))
    }
  }
  return `
## Cold start and memory

Each time on an empty directory.

${startTable(starts)}

## Growth

Registrations (public, @32) into one database, 0 → 100,000. CPU is that of the step that ends there. CorpusIQ keeps
10,000 unused clients by default; here it keeps them all (\`CORPUSIQ_MAX_UNUSED_CLIENTS\`).

${growthTable(steps)}

${lifeGoalTable(starts, steps)}
`
}

try {
  const results = await throughput()
  let report = `${table(results)}\n\n## Goals\n\n${goalTable(results)}\n`
  const shares = [...results.values()]
    .flatMap((row) => [...row.values()].flat())
    .map((one) => one.generatorShare)
  if (shares.length > 0) {
    report += `\nThe generator's own share of a core was at most ${Math.max(...shares).toFixed(2)} (near 1.00 it was the bottleneck; the bare floor's figures then understate the floor).\n`
  }
  if (!options['no-growth']) report += await life()
  console.log(report)
  if (!options['no-write']) writeReport(report)
} finally {
  stop()
}

function writeReport(report: string): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const head = `# Benchmarks

Generated by \`npm run bench${process.argv
    .slice(2)
    .map((word) => ` ${word}`)
    .join('')}\` (arguments after \`--\`) on ${new Date().toISOString().slice(0, 10)}, commit ${commit}.
Node.js ${process.versions.node} for all, ${cpus().length} cores (${cpus()[0]?.model.trim()}), shared and noisy: quote ratios, not absolute figures.
oidc-provider ${version('oidc-provider')}, MCP SDK ${version('@modelcontextprotocol/server')}.

Rounds are interleaved, the first one is not counted, figures are medians of ${options.rounds} rounds of ${options.seconds} s. **µs** is the CPU of the
server's whole process tree a unit of work, from /proc; **@n** is n connections with one request outstanding on each;
the share is requests a second divided by the bare floor's in the same round. A code flow is GET authorize (signed in,
consent given before) and POST token, counted as one. Every answer is checked, every registration is different, limits
per address stay on (another \`X-Forwarded-For\` each time).

${contenders.map(({ name, persists }) => `- **${name}**: ${persists}`).join('\n')}

`
  const page = join(import.meta.dirname, '../docs/benchmarks.md')
  writeFileSync(page, head + report + floodSection(readFileSync(page, 'utf8')))
}

/** What `npm run bench:flood` measured stands last on the page, put there by hand, and stays. */
function floodSection(page: string): string {
  const start = page.indexOf('\n## Flood\n')
  return start < 0 ? '' : page.slice(start)
}
