import { setTimeout as pause } from 'node:timers/promises'
import { clientName } from '../oauth/client-name.ts'
import { systemClock } from '../ops/clock.ts'
import { OperatorFault } from '../ops/fault.ts'
import { type JournalNote, journalNotes } from '../ops/journal-notes.ts'
import { safeText } from '../ops/log-text.ts'
import type { JournalEntry, Store } from '../store/ports.ts'
import { type DataOptions, withStore } from './data.ts'

export type JournalOptions = DataOptions & {
  readonly follow?: boolean
  readonly client?: string
  readonly limit: string
}

type Line = JournalEntry & { readonly id: number; readonly note?: JournalNote }

/** All that is kept, so that what was long ago explains what was just now. */
const ALL = 20_000
/** Entries that are looked back at while following. */
const CONTEXT = 2000
/** Milliseconds. */
const POLL = 300

/**
 * `corpusiq journal`: what came to the door, the oldest first, each with the known cause below it. With `follow` it
 * goes on until it is ended, beside a running server. With `json` one array, or while following one object a line.
 */
export function showJournal(options: JournalOptions): Promise<OperatorFault | undefined> {
  const { json = false, follow = false, client } = options
  if (!/^\d{1,6}$/.test(options.limit))
    return Promise.resolve(
      new OperatorFault(`--limit ${safeText(options.limit, 20)} is no number. Example: --limit 50`),
    )
  const limit = Number(options.limit)
  const isWanted = (line: Line) => client === undefined || line.client_id === client
  return withStore(options, async (store) => {
    let entries: Line[] = await store.journal.page({ limit: ALL })
    const notes = journalNotes(entries, systemClock())
    const wanted = entries.filter(isWanted)
    const shown = wanted.slice(Math.max(0, wanted.length - limit)).map((entry) => withNote(entry, notes))
    const names = createNames(store, entries)
    if (!follow) {
      const lines = await Promise.all(shown.map(names))
      if (json) write(JSON.stringify(lines, undefined, 2))
      else write(lines.length > 0 ? lines.map(text).join('\n') : 'Nothing has come to the door yet.')
      return undefined
    }
    const print = async (line: Line) => {
      const named = await names(line)
      write(json ? JSON.stringify(named) : text(named))
    }
    for (const line of shown) await print(line)
    const told = new Set(notes.keys())
    for (;;) {
      await pause(POLL)
      const after = entries.at(-1)?.id ?? 0
      const fresh = await store.journal.page({ after, limit: 1000 })
      entries = [...entries, ...fresh].slice(-CONTEXT)
      const now = journalNotes(entries, systemClock())
      for (const entry of fresh) {
        if (isWanted(entry)) await print(withNote(entry, now))
        told.add(entry.id)
      }
      // That nothing followed shows later than the entry it belongs to.
      for (const [id, note] of now) {
        const entry = entries.find((other) => other.id === id)
        if (note.type !== 'token.unused' || !entry || told.has(-id) || notes.has(id) || fresh.includes(entry))
          continue
        told.add(-id)
        if (isWanted(entry))
          await print({ ...entry, at: systemClock(), type: note.type, detail: note.text, note })
      }
    }
  })
}

function withNote(entry: Line, notes: ReadonlyMap<number, JournalNote>): Line {
  const note = notes.get(entry.id)
  return note ? { ...entry, note } : entry
}

/** Fills in what the client is called where the entry does not say it: as another entry, the client or its tombstone does. */
function createNames(store: Store, entries: readonly Line[]): (line: Line) => Promise<Line> {
  const known = new Map<string, string>()
  for (const { client_id, client_name } of entries) {
    if (client_id !== undefined && client_name !== undefined) known.set(client_id, client_name)
  }
  return async (line) => {
    const { client_id } = line
    if (client_id === undefined || line.client_name !== undefined) return line
    let name = known.get(client_id)
    if (name === undefined) {
      const client =
        (await store.clients.find(client_id)) ?? (await store.clients.findTombstone(client_id))?.client
      name = client ? safeText(clientName(client.metadata)) : ''
      known.set(client_id, name)
    }
    return name === '' ? line : { ...line, client_name: name }
  }
}

/** One entry for a person: when, from where, who, what; below it why. */
function text({ at, address, client_id, client_name, detail = '', cause, note, type }: Line): string {
  const when = new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')
  const who = [client_name, client_id && `(${client_id})`].filter(Boolean).join(' ')
  const lines = [
    [when, safeText(address ?? '-').padEnd(15), safeText(who, 400), safeText(detail, 1000)].join('  '),
  ]
  const why = type === note?.type ? [note.cause] : [note && `${note.text}. ${note.cause}`, cause]
  for (const reason of why) if (reason) lines.push(`    ${safeText(reason, 1000)}`)
  return lines.join('\n')
}

function write(line: string): void {
  process.stdout.write(`${line}\n`)
}
