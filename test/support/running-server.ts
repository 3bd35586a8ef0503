import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OWNER, type Site } from './site.ts'

/** The program. */
export const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const SAMPLE = fileURLToPath(new URL('../data/notes', import.meta.url))

/** Printed before the line that says ready. */
const SETUP_LINK = /\S+\/setup\?\S+/

/** The program as its user starts it: a process of its own. */
export type RunningServer = Site & {
  readonly port: number
  readonly dataDir: string
  /** All of standard output so far, and standard error. */
  readonly output: () => string
  readonly log: () => string
  /** Resolves when standard output has said so, whenever that was; rejects where the process ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** The one-time link of a first start without an owner. */
  readonly setupLink: string | undefined
  readonly pid: number
  /** Ends it as a person does (SIGTERM), waits, and answers the exit code. */
  stop(): Promise<number | null>
  /** Ends it as a power cut does (SIGKILL), and waits. */
  kill(): Promise<void>
  /** Starts again on the same data directory and port. The one before has to be ended. */
  restart(): Promise<RunningServer>
  /** Stops it where it runs and removes the data directory, if it was made here. */
  [Symbol.asyncDispose](): Promise<void>
}

export type ServerOptions = {
  /** Settings; the machine's own CORPUSIQ_* variables never reach the server. */
  readonly env?: Readonly<Record<string, string>>
  /** Options of Node.js itself. */
  readonly node?: readonly string[]
  /** Further arguments of `corpusiq serve`. */
  readonly args?: readonly string[]
  /** The folder served; default: some notes of the tests. */
  readonly folder?: string
  readonly port?: number
  /** Default: a fresh one, removed at the end. */
  readonly dataDir?: string
  /** Whether the owner exists from the start, as `OWNER`. Default true. */
  readonly owner?: boolean
}

/** Starts `corpusiq serve` and resolves when it says that it is ready; rejects with its output where it ends before. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'corpusiq-e2e-')))
  const port = options.port ?? (await freePort())
  const args = [MAIN, 'serve', options.folder ?? SAMPLE, '--port', String(port), '--data-dir', dataDir]
  const child = spawn(process.execPath, [...(options.node ?? []), ...args, ...(options.args ?? [])], {
    cwd: dataDir,
    env: { ...cleanEnvironment(), ...ownerEnvironment(options.owner ?? true), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = collect(child.stdout)
  const log = collect(child.stderr)
  const exited = once(child, 'exit')
  const remove = async () => {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
  }
  const says = (pattern: RegExp) => waitFor(child, output, log, pattern)
  const [, url = ''] = await says(/CorpusIQ is ready: (\S+)\s/).catch(async (fault) => {
    await remove()
    throw fault
  })
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
    return child.exitCode
  }
  return {
    url,
    port,
    dataDir,
    output,
    log,
    says,
    setupLink: SETUP_LINK.exec(output())?.[0],
    pid: child.pid ?? 0,
    fetch: (request) => fetch(request),
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL')
    },
    restart: () => startServer({ ...options, dataDir, port }),
    [Symbol.asyncDispose]: async () => {
      await end('SIGTERM')
      await remove()
    },
  }
}

function waitFor(
  child: ChildProcess,
  output: () => string,
  log: () => string,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = pattern.exec(output())
      if (found) resolve(found)
      return found !== null
    }
    const fail = () => {
      if (!look()) reject(new Error(`the server ended before it said ${pattern}:\n${output()}\n${log()}`))
    }
    if (look()) return
    if (child.exitCode !== null || child.signalCode !== null) return fail()
    child.stdout?.on('data', look)
    child.once('close', fail)
    child.once('error', reject)
  })
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk) => {
    text += chunk
  })
  return () => text
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('CORPUSIQ_') && !name.startsWith('npm_'),
  )
  return Object.fromEntries(kept)
}

function ownerEnvironment(owner: boolean): Record<string, string> {
  return owner ? { CORPUSIQ_OWNER_USERNAME: OWNER.username, CORPUSIQ_OWNER_PASSWORD: OWNER.password } : {}
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
