import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { MAIN } from '../support/running-server.ts'

export type Ended = { readonly code: number | null; readonly output: string; readonly errors: string }

/** Runs `corpusiq` to its end, without the machine's own CORPUSIQ_* variables. */
export async function corpusiq(
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>>; input?: string } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd,
    env: { ...ownEnvironment(), ...options.env },
  })
  const output = collect(child.stdout)
  const errors = collect(child.stderr)
  child.stdin.end(options.input ?? '')
  const [code] = await once(child, 'close')
  return { code, output: output(), errors: errors() }
}

export function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(CORPUSIQ_|npm_|NODE_TEST)/.test(name))
  return Object.fromEntries(kept)
}

export function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk) => {
    text += chunk
  })
  return () => text
}

/** An empty directory that is removed with the test. */
export async function emptyDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'corpusiq-cli-'))
  context.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}
