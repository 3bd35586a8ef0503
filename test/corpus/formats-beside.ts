import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { TestContext } from 'node:test'
import { indexed, type OpenedCorpus, testFolder } from './folder.ts'
import { checkRow, type Row } from './formats-table.ts'

/** A file, and what becomes of it: the reason why there is no document, or what one is found by. */
export type Case = readonly [
  name: string,
  content: () => string | Uint8Array,
  outcome: string | Omit<Extract<Row, { says: string }>, 'file'>,
]

/** Reasons that files of several kinds have. */
export const CUT_PDF = 'it is cut off or damaged'
export const NO_WORD = 'it is no Word document, or a damaged one'
export const DEEP_HTML = 'elements nest deeper than 1024'

/** The elements nest so deep that nothing at their bottom is read. */
export function deep(open: string, close: string, times = 100_000, inner = 'at the bottom'): string {
  return `${open.repeat(times)}${inner}${close.repeat(times)}`
}

/** Indexes the files, each in a folder with a good one, and looks at both. */
export async function becomeOf(t: TestContext, cases: readonly Case[]): Promise<OpenedCorpus> {
  const folder = testFolder(t)
  const paths = cases.map(([name], at) => `${at}/${name}`)
  for (const [at, [, content]] of cases.entries()) {
    folder.write(paths[at] ?? '', content())
    folder.write(`${at}/beside.md`, `The beacon${at} burns.\n`)
  }
  const around = readdirSync(dirname(folder.path))
  const corpus = await indexed(t, folder)
  for (const [at, [name, , outcome]] of cases.entries()) {
    const file = paths[at] ?? ''
    await t.test(name, async () => {
      await checkRow(corpus, typeof outcome === 'string' ? { file, reason: outcome } : { file, ...outcome })
      assert.deepEqual(await corpus.paths(`beacon${at}`), [`${at}/beside.md`])
    })
  }
  // Nothing was written beside the folder but the index.
  assert.deepEqual(
    readdirSync(dirname(folder.path)).filter((name) => name !== 'data'),
    around.filter((name) => name !== 'data'),
  )
  return corpus
}
