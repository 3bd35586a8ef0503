import type { JournalEntry } from './journal.ts'
import { type Derived, knownCause } from './journal-causes.ts'

/** What no entry tells alone: how one follows from another, or that nothing followed. */
export type JournalNote = { readonly type: Derived; readonly text: string; readonly cause: string }

type Numbered = JournalEntry & { readonly id: number }

/** A client that has tokens calls within seconds. */
const PATIENCE = 60
/** So long after a 401 a registration is taken for its consequence, in seconds. */
const RENEWAL = 15 * 60

/** The notes of entries, the oldest of which comes first, by the entries' ids, as it looks at `now`. One pass. */
export function journalNotes(entries: readonly Numbered[], now: number): Map<number, JournalNote> {
  const notes = new Map<number, JournalNote>()
  /** When an id or an address was told that its client or token is dead. */
  const toldDead = new Map<string, number>()
  /** Registrations by name: how many, and the last one. */
  const named = new Map<string, { count: number; client_id: string }>()
  /** Grants whose client has not called yet: at most one for each client. */
  const waiting = new Map<string, Numbered>()

  const unused = (entry: Numbered | undefined) => {
    if (entry && now - entry.at >= PATIENCE) note(entry, 'token.unused', 'it never called /mcp with them')
  }
  const note = ({ id }: Numbered, type: Derived, text: string) =>
    notes.set(id, { type, text, cause: knownCause(type) ?? '' })

  for (const entry of entries) {
    const { type, client_id = '', client_name = '', address = '', at } = entry
    switch (type) {
      case 'access.refused':
      case 'token.refused':
      case 'authorization.refused':
        if (!/: invalid_(token|client): /.test(entry.detail ?? '')) break
        if (client_id !== '') toldDead.set(client_id, at)
        if (address !== '') toldDead.set(address, at)
        break
      case 'registration.accepted': {
        const before = named.get(client_name)
        const told = [address, before?.client_id ?? ''].map((key) => toldDead.get(key))
        const renewed = told.some((time) => time !== undefined && at - time <= RENEWAL)
        const earlier = before ? ` (before: ${before.client_id})` : ''
        if (renewed) note(entry, 'registration.renewed', `registered anew after a 401${earlier}`)
        else if (before)
          note(entry, 'registration.repeated', `registration ${before.count + 1} under this name${earlier}`)
        toldDead.delete(address)
        named.set(client_name, { count: (before?.count ?? 0) + 1, client_id })
        break
      }
      case 'token.issued':
        if (!entry.detail?.startsWith('tokens issued by authorization_code')) break
        unused(waiting.get(client_id))
        waiting.set(client_id, entry)
        break
      case 'access.granted':
        waiting.delete(client_id)
        break
    }
  }
  for (const entry of waiting.values()) unused(entry)
  return notes
}
