import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Corpus } from '../../src/corpus/corpus.ts'
import { type CorpusOptions, openCorpus } from '../../src/corpus/open.ts'
import type { Event } from '../../src/ops/events.ts'

/** A folder that goes when the test ends, with a data directory beside it. */
export type TestFolder = {
  readonly path: string
  readonly dataDir: string
  write(path: string, content: string | Uint8Array): void
  remove(path: string): void
}

export function testFolder(
  t: TestContext,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): TestFolder {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'corpusiq-')))
  t.after(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }))
  const path = join(base, 'notes')
  const folder: TestFolder = {
    path,
    dataDir: join(base, 'data'),
    write(name, content) {
      mkdirSync(dirname(join(path, name)), { recursive: true })
      writeFileSync(join(path, name), content)
    },
    remove: (name) => rmSync(join(path, name), { recursive: true }),
  }
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) folder.write(name, content)
  return folder
}

export type OpenedCorpus = Corpus & {
  readonly events: readonly Event[]
  /** Paths of what a search finds. */
  paths(query: string): Promise<string[]>
  /** What the log was told of files that cannot be read. */
  told(): { path: string; reason: string }[]
}

/** Opens the folder and waits until the first scan is done. Nothing is found by a later scan unless `rescan` says so. */
export async function indexed(
  t: TestContext,
  folder: TestFolder,
  options: Partial<CorpusOptions> = {},
): Promise<OpenedCorpus> {
  const events: Event[] = []
  const corpus = await openCorpus({
    folders: [folder.path],
    dataDir: folder.dataDir,
    emit: (event) => events.push(event),
    rescan: 3600,
    ...options,
  })
  t.after(() => corpus.close())
  await becomes(() => events.some(({ type }) => type === 'corpus.indexed'))
  return {
    ...corpus,
    events,
    paths: async (query) => (await corpus.search(query, 50)).map(({ path }) => path),
    told: () => events.flatMap((event) => (event.type === 'corpus.problem' ? [event] : [])),
  }
}

/** Waits for a fact, half a minute at most: then the last one thing that was looked at is the failure. */
export async function becomes(fact: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (!(await fact())) {
    if (performance.now() > end) throw new Error(`still not true after ${seconds} s: ${fact}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
