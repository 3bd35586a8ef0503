import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { INITIAL_ACCESS_TOKEN_PREFIX } from '../../src/oauth/prefix.ts'
import { storageKey } from '../../src/ops/digest.ts'
import { systemRandom } from '../../src/ops/random.ts'
import { DATABASE, openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/ports.ts'
import { Browser } from '../support/browser.ts'
import { type ManagedClient, readBack } from '../support/managing.ts'
import { startServer } from '../support/running-server.ts'
import { type Authorized, authorize, PUBLIC_CLIENT } from '../support/scenario.ts'
import { postJson, type Site } from '../support/site.ts'
import { granted, mcpStatus, redeem, refresh } from '../support/target.ts'
import { createDice, type Dice } from './dice.ts'
import { seconds } from './life.ts'
import type { Options } from './rounds.ts'

/** How often each kind of answer was acknowledged, and how often one was asked for when the end came. */
export type UsesTally = Record<'registrations' | 'revivals' | 'inFlight', number>

const MOST_USES = 40
const REMOVED = 6
const REGISTERING = 3

/**
 * Kills a server amid what may happen only so often, `rounds` times: registrations by an initial access token of
 * counted uses, and removed clients that the owner lets in again. No acknowledged one is lost; a token never lets in
 * more than it has uses, before and after taken together, nor is a use gone without its client; a client is removed or
 * there, never both.
 */
export async function crashUses({ rounds, seed, tell = () => {}, port }: Options): Promise<UsesTally> {
  const dice = createDice(seed)
  const dataDir = await mkdtemp(join(tmpdir(), 'corpusiq-crash-'))
  const env = { CORPUSIQ_REGISTRATION_ACCESS: 'token', CORPUSIQ_REGISTRATION_RATE: 'off' }
  let server = await startServer({ dataDir, env, ...(port !== undefined && { port }) })
  try {
    const site = { url: server.url, fetch: (request: Request) => fetch(request) }
    const browser = new Browser(site)
    const tally: UsesTally = { registrations: 0, revivals: 0, inFlight: 0 }
    for (let round = 1; round <= rounds; round++) {
      const uses = 1 + dice.below(MOST_USES)
      const token = await createToken(dataDir, uses)
      const removed = await removedClients(site, dataDir, browser)
      const before = accepted(dataDir)
      const work = await workUntilKilled(site, server, browser, dice, token, removed)
      server = await server.restart()
      try {
        const spent = accepted(dataDir) - before
        assert.equal(usesLeft(dataDir, token), uses - spent, 'a use without its client, or the reverse')
        assert.ok(spent >= work.registered.length, 'fewer uses are spent than were acknowledged')
        for (const client of work.registered) assert.equal((await readBack(site, client)).status, 200)
        let later = 0
        while ((await registerBy(site, token)) !== undefined) later++
        assert.equal(spent + later, uses, 'the token let in another number than it has uses')
        await judgeRemoved(site, dataDir, browser, removed, work)
      } catch (fault) {
        throw new Error(`seed ${seed}, round ${round} of uses`, { cause: fault })
      }
      tally.registrations += work.registered.length
      tally.revivals += work.revived.size
      tally.inFlight += work.asked
      tell(
        `uses, round ${round}: ${work.registered.length} of ${uses} registrations and ${work.revived.size} of ${removed.length} revivals acknowledged, ${work.asked} in flight; none lost, none too many`,
      )
    }
    return tally
  } finally {
    await server.kill()
    await rm(dataDir, { recursive: true, force: true })
  }
}

type Removed = { readonly client: ManagedClient; readonly refresh_token: string }
type Work = {
  readonly registered: readonly ManagedClient[]
  /** By client id. */
  readonly revived: ReadonlyMap<string, { readonly code: Authorized; readonly at: number }>
  /** Clients whose revival was asked for, answered or not. */
  readonly begun: ReadonlySet<string>
  /** Requests without an answer. */
  readonly asked: number
}

async function workUntilKilled(
  site: Site,
  server: { kill(): Promise<void> },
  browser: Browser,
  dice: Dice,
  token: string,
  removed: readonly Removed[],
): Promise<Work> {
  const registered: ManagedClient[] = []
  const revived = new Map<string, { code: Authorized; at: number }>()
  const begun = new Set<string>()
  let asked = 0
  let over = false
  let left = dice.below(MOST_USES)
  const { promise: killed, resolve: begin } = Promise.withResolvers<void>()
  const kill = () => {
    over = true
    begin(server.kill())
  }
  /** Whether an answer came. */
  const step = async (work: () => Promise<boolean>): Promise<boolean> => {
    asked++
    try {
      const goOn = await work()
      asked--
      if (left-- === 0) kill()
      return goOn
    } catch (fault) {
      if (!over || fault instanceof assert.AssertionError) throw fault
      return false
    }
  }
  const register = async () => {
    while (!over) {
      const goOn = await step(async () => {
        const client = await registerBy(site, token)
        if (client) registered.push(client)
        return client !== undefined
      })
      if (!goOn) return
    }
  }
  const revive = async () => {
    for (const { client } of removed) {
      if (over) return
      begun.add(client.client_id)
      await step(async () => {
        const at = seconds()
        revived.set(client.client_id, { code: await authorize(site, client, { browser }), at })
        return true
      })
    }
  }
  await Promise.all([...Array.from({ length: REGISTERING }, register), revive()])
  if (!over) kill()
  await killed
  return { registered, revived, begun, asked }
}

/** Each is there as it was acknowledged, or removed still; whoever is removed comes back when it asks again. */
async function judgeRemoved(
  site: Site,
  dataDir: string,
  browser: Browser,
  removed: readonly Removed[],
  { revived, begun }: Work,
): Promise<void> {
  await withStore(dataDir, async (store) => {
    for (const { client } of removed) {
      const { client_id } = client
      const isThere = (await store.clients.find(client_id)) !== undefined
      const isRemoved = (await store.clients.findTombstone(client_id)) !== undefined
      assert.notEqual(isThere, isRemoved, `${client_id} is both, or neither`)
      if (revived.has(client_id)) assert.ok(isThere, `${client_id} was let in again, and is removed`)
      if (!begun.has(client_id)) assert.ok(isRemoved, `${client_id} came back by itself`)
      assert.equal(
        isThere,
        count(dataDir, "audit WHERE type = 'client.revived' AND client_id = ?", client_id) === 1,
      )
    }
  })
  for (const { client, refresh_token } of removed) {
    // What it had when it was removed stays over.
    assert.notEqual((await refresh(site, client, refresh_token)).status, 200)
    const acknowledged = revived.get(client.client_id)
    const code =
      acknowledged && seconds() - acknowledged.at < 45
        ? acknowledged.code
        : await authorize(site, client, { browser })
    const { access_token } = granted(await redeem(site, client, code))
    assert.equal(await mcpStatus(site, access_token), 200)
  }
}

/** Public clients that the owner let in once, removed while the server runs. */
async function removedClients(site: Site, dataDir: string, browser: Browser): Promise<Removed[]> {
  const token = await createToken(dataDir, REMOVED)
  const removed: Removed[] = []
  for (let made = 0; made < REMOVED; made++) {
    const client = await registerBy(site, token)
    assert.ok(client)
    const { refresh_token } = granted(await redeem(site, client, await authorize(site, client, { browser })))
    removed.push({ client, refresh_token })
  }
  await withStore(dataDir, async (store) => {
    for (const { client } of removed) {
      const { client_id } = client
      assert.ok(await store.clients.remove(client_id, { at: seconds(), type: 'client.deleted', client_id }))
    }
  })
  return removed
}

/** Undefined where the token is refused, as used up. */
async function registerBy(site: Site, token: string): Promise<ManagedClient | undefined> {
  const response = await postJson(site, `${site.url}/register`, PUBLIC_CLIENT, {
    authorization: `Bearer ${token}`,
  })
  const text = await response.text()
  if (response.status === 401) return undefined
  assert.equal(response.status, 201, text)
  return JSON.parse(text) as ManagedClient
}

async function createToken(dataDir: string, uses_left: number): Promise<string> {
  const token = systemRandom.secret(INITIAL_ACCESS_TOKEN_PREFIX)
  const key = storageKey(INITIAL_ACCESS_TOKEN_PREFIX, token)
  assert.ok(key)
  const at = seconds()
  await withStore(dataDir, (store) =>
    store.registrationTokens.create(
      { token_id: systemRandom.id('token_'), key, created_at: at, expires_at: 0, uses_left },
      { at, type: 'registration_token.created' },
    ),
  )
  return token
}

/** Beside the server, as the commands do. */
async function withStore(dataDir: string, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openStore({ dataDir })
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

const accepted = (dataDir: string): number => count(dataDir, "audit WHERE type = 'registration.accepted'")

function usesLeft(dataDir: string, token: string): number {
  const key = storageKey(INITIAL_ACCESS_TOKEN_PREFIX, token)
  assert.ok(key)
  return value(dataDir, 'SELECT uses_left AS value FROM registration_tokens WHERE key = ?', key)
}

function count(dataDir: string, from: string, ...given: string[]): number {
  return value(dataDir, `SELECT count(*) AS value FROM ${from}`, ...given)
}

function value(dataDir: string, sql: string, ...given: (string | Uint8Array)[]): number {
  const database = new DatabaseSync(join(dataDir, DATABASE), { readOnly: true })
  try {
    return Number(database.prepare(sql).get(...given)?.value)
  } finally {
    database.close()
  }
}
