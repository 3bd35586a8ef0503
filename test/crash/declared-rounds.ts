import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { DATABASE, openStore } from '../../src/store/open.ts'
import { ownEnvironment } from '../cli/program.ts'
import { freePort, MAIN, startServer } from '../support/running-server.ts'
import { createDice, type Dice } from './dice.ts'
import { authenticates } from './requests.ts'
import type { Options } from './rounds.ts'

/** How many changes of declared clients were told before a kill, and how many were left to do by the next start. */
export type DeclaredTally = { readonly told: number; readonly left: number }

const CLIENTS = 200
/** Clients that are tried by their secret. */
const SAMPLE = 20
/** A kill comes after fewer changes than this: so few that mostly some are left. */
const MOST_TOLD = 40
/** Of the secrets that a file can name; each client's changes with its version. */
const SECRETS = 3

/** By client id: which version of it is declared. */
type Versions = Map<string, number>

/**
 * Kills a server while it takes in a changed clients file, `rounds` times: the file is as the operator wrote it, each
 * client is as one whole version of it or not there, and what the log told is done. The next start completes it.
 */
export async function crashDeclared({
  rounds,
  seed,
  tell = () => {},
  port,
}: Options): Promise<DeclaredTally> {
  const dice = createDice(seed)
  const base = await mkdtemp(join(tmpdir(), 'corpusiq-crash-'))
  const file = join(base, 'clients.json')
  const dataDir = join(base, 'data')
  const env = { CORPUSIQ_CLIENTS_FILE: file, ...Object.fromEntries(secrets()) }
  const options = { dataDir, env, port: port ?? (await freePort()) }
  const tally = { told: 0, left: 0 }
  let versions: Versions = new Map()
  try {
    for (let round = 1; round <= rounds; round++) {
      const before = versions
      versions = changed(versions, dice)
      const declared = JSON.stringify(
        Object.fromEntries([...versions].map(([client_id, version]) => [client_id, declaration(version)])),
      )
      writeFileSync(file, declared)
      try {
        const told = await startedAndKilled(options, dice)
        assert.equal(readFileSync(file, 'utf8'), declared, 'the file was changed')
        const left = await judge(dataDir, before, versions, told)
        const server = await startServer(options)
        try {
          assert.deepEqual(await judge(dataDir, versions, versions, new Set()), new Set())
          for (const [client_id, version] of [...versions].slice(0, SAMPLE)) {
            const { redirect_uris, grant_types, ...metadata } = declaration(version)
            await authenticates(server, {
              ...metadata,
              ...{ client_id, client_secret: secretOf(version) },
              ...{ redirect_uris: [...redirect_uris], grant_types: [...grant_types] },
            })
          }
        } finally {
          assert.equal(await server.stop(), 0, server.log())
        }
        tally.told += told.size
        tally.left += left.size
        tell(
          `clients file, round ${round}: ${told.size} changes told, ${left.size} left to the next start; each client whole`,
        )
      } catch (fault) {
        throw new Error(`seed ${seed}, round ${round} of the clients file`, { cause: fault })
      }
    }
    return tally
  } finally {
    await rm(base, { recursive: true, force: true })
  }
}

function changed(before: Versions, dice: Dice): Versions {
  const versions: Versions = new Map()
  for (let number = 0; number < CLIENTS; number++) {
    const client_id = `declared-${number}`
    const version = before.get(client_id) ?? 0
    const lot = dice.below(6)
    // One in six is taken out of the file, or not in it yet; one in three stays as it was.
    if (lot > 0) versions.set(client_id, lot > 2 ? version + 1 : version)
  }
  return versions
}

/** Every member of it tells the version. */
function declaration(version: number) {
  return {
    client_name: `Version ${version}`,
    redirect_uris: [`https://client.example.com/${version}`],
    client_uri: `https://client.example.com/about/${version}`,
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret_env: secretName(version),
  } as const
}

const secretName = (version: number) => `SECRET_${version % SECRETS}`
const secretOf = (version: number) => `a-secret-of-the-operator-0123456789-${version % SECRETS}`
const secrets = () => Array.from({ length: SECRETS }, (_, number) => [secretName(number), secretOf(number)])

/** Killed after so many changes, or at once when it is ready; answers the ids of clients whose change was told. */
async function startedAndKilled(
  { dataDir, env, port }: { dataDir: string; env: Readonly<Record<string, string>>; port: number },
  dice: Dice,
): Promise<Set<string>> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', `${port}`, '--data-dir', dataDir], {
    cwd: tmpdir(),
    env: { ...ownEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const told = new Set<string>()
  let left = dice.below(MOST_TOLD)
  for await (const line of createInterface({ input: child.stdout })) {
    const client_id = /"(?:registration\.accepted|client\.\w+)".*"client_id":"(declared-\d+)"/.exec(line)?.[1]
    if (client_id) told.add(client_id)
    if ((client_id && left-- === 0) || line.startsWith('CorpusIQ is ready')) child.kill('SIGKILL')
  }
  await ended
  assert.equal(child.signalCode, 'SIGKILL', 'the server ended before the kill: its own fault is above')
  return told
}

/** Answers the clients that are not yet as the file has them. */
async function judge(
  dataDir: string,
  before: Versions,
  now: Versions,
  told: ReadonlySet<string>,
): Promise<Set<string>> {
  const left = new Set<string>()
  const store = await openStore({ dataDir })
  try {
    for (let number = 0; number < CLIENTS; number++) {
      const client_id = `declared-${number}`
      const client = await store.clients.find(client_id)
      const version = client && Number(client.metadata.client_name?.replace('Version ', ''))
      if (version !== now.get(client_id)) {
        assert.equal(version, before.get(client_id), `${client_id} is of no version of the file`)
        assert.ok(!told.has(client_id), `the change of ${client_id} was told, and is lost`)
        left.add(client_id)
      }
      if (!client || version === undefined) continue
      const { client_secret_env: _, ...metadata } = declaration(version)
      for (const [member, value] of Object.entries(metadata)) {
        assert.deepEqual(client.metadata[member as keyof typeof metadata], value, `${client_id}: ${member}`)
      }
      assert.equal(client.source, 'declared')
    }
  } finally {
    await store.close()
  }
  checkAudit(dataDir)
  return left
}

/** A client is there as often as it was registered and not deleted. */
function checkAudit(dataDir: string): void {
  const database = new DatabaseSync(join(dataDir, DATABASE), { readOnly: true })
  try {
    assert.equal(database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
    const balance =
      database.prepare(`SELECT client_id FROM audit WHERE client_id LIKE 'declared-%' GROUP BY client_id
      HAVING sum(type = 'registration.accepted') - sum(type = 'client.deleted')
        <> (SELECT count(*) FROM clients WHERE clients.client_id = audit.client_id)`)
    assert.deepEqual(balance.all(), [], 'clients without their audit record, or the reverse')
  } finally {
    database.close()
  }
}
