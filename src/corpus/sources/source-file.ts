import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { lockFile } from '../../store/data-directory.ts'
import { codeOf } from './folder.ts'
import type { SourceSpec } from './source-list.ts'
import { isSourceName } from './source-name.ts'

/** A source that was added by a command. */
export type AddedSource = SourceSpec & { readonly name: string }

/** The added sources' file in the data directory, beside the settings' ones; people may edit it too. */
const FILE = 'sources.json'
/** Held by the command that changes the list; another waits for so many milliseconds. */
const LOCK = { file: 'sources.lock', patience: 10_000 }

/** The sources that were added; none where there is no file. Throws an Error of one sentence where it is broken. */
export function readAddedSources(dataDir: string): AddedSource[] {
  const file = join(dataDir, FILE)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return []
    throw new Error(`The file ${file} cannot be read (${codeOf(fault)}).`)
  }
  const list = listOf(text)
  if (!list) {
    throw new Error(
      `The file ${file} is no list of sources: mend it, e.g. {"sources":[{"name":"notes","place":"/home/me/notes"}]}, or delete it.`,
    )
  }
  return list
}

function listOf(text: string): AddedSource[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const sources: unknown = isObject(value) ? value.sources : undefined
  if (!Array.isArray(sources)) return undefined
  const list: AddedSource[] = []
  for (const source of sources as unknown[]) {
    if (!isObject(source)) return undefined
    const { name, place } = source
    if (typeof name !== 'string' || !isSourceName(name) || typeof place !== 'string') return undefined
    list.push({ name, place })
  }
  return new Set(list.map(({ name }) => name)).size === list.length ? list : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/**
 * Runs `work`, which reads the list and writes it anew, while no other command does: of two changes at the same moment
 * neither is lost. Throws an Error of one sentence where another doesn't come to an end.
 */
export function whileOthersWait<T>(dataDir: string, work: () => T): T {
  const lock = lockFile(dataDir, LOCK.file, LOCK.patience)
  if (!lock) throw new Error('Another command changes the sources and does not end: try again later.')
  try {
    return work()
  } finally {
    lock.release()
  }
}

/** Whole or not at all, whenever the process ends; readable by the owner alone. To be called within `whileOthersWait`. */
export function writeAddedSources(dataDir: string, sources: readonly AddedSource[]): void {
  const file = join(dataDir, FILE)
  const aside = `${file}.new`
  try {
    const opened = openSync(aside, 'w', 0o600)
    try {
      const list = sources.map(({ name, place }) => ({ name, place }))
      writeSync(opened, `${JSON.stringify({ sources: list }, undefined, 2)}\n`)
      fsyncSync(opened)
    } finally {
      closeSync(opened)
    }
    renameSync(aside, file)
  } catch (fault) {
    rmSync(aside, { force: true })
    throw fault
  }
}

/** Changes whenever the file does. */
export function addedSourcesStamp(dataDir: string): string {
  const stats = statSync(join(dataDir, FILE), { throwIfNoEntry: false })
  return stats ? `${stats.ino}-${stats.size}-${stats.mtimeMs}-${stats.ctimeMs}` : ''
}
