import assert from 'node:assert/strict'
import { cpSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { TestContext } from 'node:test'
import { type OpenedCorpus, type TestFolder, testFolder } from './folder.ts'

/** What becomes of a file: it is found by a sentence that stands in it, or listed with the reason, word for word. */
export type Row =
  | {
      readonly file: string
      readonly says: string
      /** What is searched for, where that is not the sentence. */
      readonly asked?: string
      /** Of the result: what it is called, the page and the headings that the sentence stands on and under. */
      readonly title?: string
      readonly page?: number
      readonly heading?: string
      /** What the whole text holds besides, and what it lacks. */
      readonly holds?: readonly (string | RegExp)[]
      readonly lacks?: readonly RegExp[]
    }
  | { readonly file: string; readonly reason: string }

/** A copy of the files of a folder of test/data, at any depth. */
export function copyOf(t: TestContext, folder: URL): TestFolder {
  const copy = testFolder(t)
  cpSync(folder, copy.path, { recursive: true })
  return copy
}

/** The files below a folder, by their paths within it. */
export function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

/** Throws unless it is with the file as the row says. */
export async function checkRow(corpus: OpenedCorpus, row: Row): Promise<void> {
  const problem = (await corpus.problems()).find(({ path }) => path === row.file)?.reason
  if ('reason' in row) {
    assert.equal(problem, row.reason)
    const documents = await corpus.list({ limit: 1000 })
    assert.ok(!documents.some(({ path }) => path === row.file), 'a document and a problem')
    return
  }
  assert.equal(problem, undefined)
  const [best] = await corpus.search(row.asked ?? row.says, 10)
  assert.equal(best?.path, row.file)
  assert.ok(flat(best?.text ?? '').includes(flat(row.says)), `${row.says} in the passage`)
  const text = (await corpus.fetch(best?.id ?? ''))?.text ?? ''
  for (const part of row.holds ?? []) {
    assert.ok(
      typeof part === 'string' ? flat(text).includes(flat(part)) : part.test(text),
      `${part} in:\n${text.slice(0, 2000)}`,
    )
  }
  for (const part of row.lacks ?? []) assert.ok(!part.test(text), `${part} in:\n${text.slice(0, 2000)}`)
  if (row.title !== undefined) assert.equal(best?.title, row.title)
  if (row.page !== undefined) assert.equal(best?.page, row.page)
  if (row.heading !== undefined) assert.equal(best?.heading, row.heading)
}

/** Where lines end is not the sentence's. */
function flat(text: string): string {
  return text.replace(/\s+/g, ' ')
}
