import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import { OperatorFault } from '../ops/fault.ts'
import { createJournal } from '../ops/journal.ts'
import type { Settings } from '../ops/settings.ts'
import { DATABASE, openStore } from '../store/open.ts'
import type { Store } from '../store/ports.ts'
import { readSettings } from './settings-flags.ts'

export type DataOptions = { readonly dataDir?: string; readonly json?: boolean }

/**
 * Runs a command on the database of the settings, beside a server that runs on it: no lock is taken, and the server
 * sees the change at its next request. Never makes a database where there is none. What the command tells goes into the
 * journal.
 */
export async function withStore(
  options: DataOptions,
  command: (store: Store, settings: Settings, tell: Emit) => Promise<OperatorFault | undefined>,
): Promise<OperatorFault | undefined> {
  const settings = readSettings(options)
  if (settings instanceof OperatorFault) return settings
  const { dataDir } = settings
  if (!existsSync(join(dataDir, DATABASE))) {
    return new OperatorFault(
      `There is no CorpusIQ data in ${dataDir}. Name its directory, e.g. --data-dir ./.corpusiq`,
    )
  }
  const store = await openStore({ dataDir })
  try {
    return await command(store, settings, createJournal(store.journal, systemClock))
  } finally {
    await store.close()
  }
}

/** All pages of a listing, in order. */
export async function allPages<T>(
  page: (query: { after?: string; limit: number }) => Promise<T[]>,
  idOf: (item: T) => string,
): Promise<T[]> {
  const all: T[] = []
  for (;;) {
    const last = all.at(-1)
    const items = await page({ limit: 500, ...(last === undefined ? {} : { after: idOf(last) }) })
    if (items.length === 0) return all
    all.push(...items)
  }
}
