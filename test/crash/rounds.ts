import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Browser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'
import { authorize, type RegisteredClient, registerClient } from '../support/scenario.ts'
import { checkDatabase } from './database.ts'
import { createDice, type Dice } from './dice.ts'
import { type Life, live, STEPS, type Step, seconds } from './life.ts'
import { authenticates } from './requests.ts'
import { judge, renew } from './verdict.ts'

export type Options = {
  readonly rounds: number
  readonly seed: number
  /** A line about each round. */
  readonly tell?: (line: string) => void
  readonly port?: number
}

/** How often each kind of answer was acknowledged, and how often one was asked for when the end came. */
export type Tally = { readonly acknowledged: Record<Step, number>; readonly inFlight: Record<Step, number> }

/** Clients that live at once, at most: few leave a promise that was made too early alone with the kill. */
const AT_ONCE = 12
/** A kill comes after fewer answers than this: half of them with the last one, the others some milliseconds later. */
const MOST_ANSWERS = 160
const MOST_MILLISECONDS = 12

/**
 * Kills a server in the midst of its work and starts it again on the same data directory, `rounds` times; rejects at
 * the first acknowledged thing that is lost, consumed thing that comes back, or half-written one. What was acknowledged
 * is kept here, in another process than the one that dies.
 *
 * Without a grace, so that a consumed refresh token is told from a fresh one a second later; and with access tokens
 * that outlive the run.
 */
export async function crash({ rounds, seed, tell = () => {}, port }: Options): Promise<Tally> {
  const dice = createDice(seed)
  const dataDir = await mkdtemp(join(tmpdir(), 'corpusiq-crash-'))
  const env = {
    CORPUSIQ_REFRESH_GRACE_SECONDS: '0',
    CORPUSIQ_ACCESS_TOKEN_TTL_SECONDS: '86400',
    CORPUSIQ_REGISTRATION_RATE: 'off',
    CORPUSIQ_ROTATE_ON_UPDATE: 'true',
  }
  let server = await startServer({ dataDir, env, ...(port !== undefined && { port }) })
  try {
    // The url stays, the process behind it changes.
    const site = { url: server.url, fetch: (request: Request) => fetch(request) }
    const browser = new Browser(site)
    await authorize(site, await registerClient(site), { browser })
    const session = new Map(browser.cookies)
    const keys = await keySet(site.url)

    const tally: Tally = { acknowledged: zeros(), inFlight: zeros() }
    const clients: RegisteredClient[] = []
    const survivors: Life[] = []
    for (let round = 1; round <= rounds; round++) {
      const before = { ...tally.acknowledged }
      const lives = await workUntilKilled(server, browser, dice, tally)
      server = await server.restart()
      const judged = `seed ${seed}, round ${round}`
      await pauseUntil(seconds() + 1)
      await each(lives, judged, async (life) => {
        if (await judge(site, life, dice)) survivors.push(life)
      })
      const known = lives.flatMap(({ client, deleted }) => (deleted ? [] : (client ?? [])))
      const sample = Array.from({ length: 40 }, () => clients[dice.below(clients.length)] ?? [])
      await each(sample.flat(), judged, (client) => authenticates(site, client))
      clients.push(...known)
      assert.deepEqual(await keySet(site.url), keys, `${judged}: the signing keys`)
      checkDatabase(dataDir)
      tell(`round ${round}: ${report(before, tally.acknowledged, lives)}; nothing lost, nothing came back`)
    }

    await each(clients, `seed ${seed}, at the end`, (client) => authenticates(site, client))
    await each(survivors, `seed ${seed}, at the end`, async ({ client, pairs }) => {
      if (client) await renew(site, client, pairs)
    })
    assert.deepEqual(browser.cookies, session, 'the owner had to sign in again')
    tell(`at the end: all ${clients.length} clients, and ${survivors.length} grants from earlier rounds`)
    return tally
  } finally {
    await server.kill()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Lives on all sides until the kill; answers every life, with what it knew then. */
async function workUntilKilled(
  server: RunningServer,
  browser: Browser,
  dice: Dice,
  tally: Tally,
): Promise<Life[]> {
  const lives: Life[] = []
  const atOnce = 1 + dice.below(AT_ONCE)
  const delay = Math.max(0, dice.below(2 * MOST_MILLISECONDS) - MOST_MILLISECONDS)
  let left = dice.below(MOST_ANSWERS)
  let over = false
  const kill = () => {
    over = true
    return server.kill()
  }
  const { promise: killed, resolve: begin } = Promise.withResolvers<void>()
  const acknowledge = (step: Step) => {
    tally.acknowledged[step]++
    if (left-- === 0) begin(delay === 0 ? kill() : pause(delay).then(kill))
  }
  const worker = async () => {
    while (!over) {
      try {
        await live(server, browser, dice, acknowledge, (life) => lives.push(life))
      } catch (fault) {
        // No answer any more is what a kill looks like; any other fault, or one before it, is none of that.
        if (!over || fault instanceof assert.AssertionError) throw fault
      }
    }
  }
  await Promise.all([killed, ...Array.from({ length: atOnce }, worker)])
  for (const { asked } of lives) if (asked) tally.inFlight[asked]++
  return lives
}

/** Some at once, in order; a fault is told with what it is about. */
async function each<T>(items: readonly T[], when: string, check: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) {
      try {
        await check(item)
      } catch (fault) {
        throw new Error(`${when}: ${JSON.stringify(item)}`, { cause: fault })
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

async function pauseUntil(second: number): Promise<void> {
  while (seconds() < second) await pause(20)
}

async function keySet(url: string): Promise<unknown> {
  return (await fetch(`${url}/.well-known/jwks.json`)).json()
}

function zeros(): Record<Step, number> {
  return { registration: 0, authorization: 0, exchange: 0, refresh: 0, update: 0, revocation: 0, deletion: 0 }
}

function report(before: Record<Step, number>, after: Record<Step, number>, lives: readonly Life[]): string {
  const counts = (count: (step: Step) => number) =>
    STEPS.map((step) => [count(step), step] as const)
      .filter(([number]) => number > 0)
      .map(([number, step]) => `${number} ${step}`)
      .join(', ') || 'none'
  const acknowledged = counts((step) => after[step] - before[step])
  const inFlight = counts((step) => lives.filter(({ asked }) => asked === step).length)
  return `acknowledged ${acknowledged}; in flight ${inFlight}`
}
