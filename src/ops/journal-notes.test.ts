import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from './events.ts'
import { createJournal, type JournalEntry } from './journal.ts'
import { journalNotes } from './journal-notes.ts'

const address = '203.0.113.9'
const registered = (client_id: string, client_name = 'Cursor'): Event => ({
  type: 'registration.accepted',
  client_id,
  client_name,
  redirect_uris: ['https://client.example.com/callback'],
  address,
})
const tokens = (client_id: string, grant_type = 'authorization_code'): Event => ({
  type: 'token.issued',
  grant_type,
  client_id,
  grant_id: 'grant_1',
  scope: 'corpus:read',
})
const called = (client_id: string): Event => ({
  type: 'access.granted',
  client_id,
  grant_id: 'grant_1',
  address,
})
const dead = (client_id: string): Event => ({
  type: 'token.refused',
  error: 'invalid_client',
  reason: 'unknown client',
  client_id,
  address,
})

/** The notes as `index: text`, an event each minute. */
function notesOf(events: readonly Event[], later = 600): string[] {
  const entries: (JournalEntry & { id: number })[] = []
  let time = 0
  const tell = createJournal(
    { append: (entry) => entries.push({ ...entry, id: entries.length }) },
    () => time,
  )
  for (const event of events) {
    tell(event)
    time += 60
  }
  const notes = journalNotes(entries, time + later)
  for (const note of notes.values()) assert.ok(note.cause.length > 20, note.type)
  return [...notes].map(([id, { text }]) => `${id}: ${text}`)
}

test('tokens that were never used at /mcp are told; used ones, those of a refresh and those of just now are not', () => {
  assert.deepEqual(notesOf([registered('a'), tokens('a')]), ['1: it never called /mcp with them'])
  assert.deepEqual(notesOf([registered('a'), tokens('a'), called('a')]), [])
  assert.deepEqual(notesOf([tokens('a'), called('b')]), ['0: it never called /mcp with them'])
  assert.deepEqual(notesOf([tokens('a', 'refresh_token')]), [])
  assert.deepEqual(notesOf([tokens('a')], -10), [])
  assert.deepEqual(notesOf([tokens('a'), tokens('a'), called('a')]), ['0: it never called /mcp with them'])
})

test('401, then registered anew: by the address, or by the name of the client that was told', () => {
  assert.deepEqual(notesOf([dead('x'), registered('b')]), ['1: registered anew after a 401'])
  assert.deepEqual(notesOf([registered('a'), dead('a'), registered('b')]), [
    '2: registered anew after a 401 (before: a)',
  ])
  assert.deepEqual(notesOf([{ type: 'access.challenged', address }, registered('b')]), [])
})

test('the same name again without a 401 is told as a repetition', () => {
  assert.deepEqual(notesOf([registered('a'), registered('b'), registered('c', 'Zed')]), [
    '1: registration 2 under this name (before: a)',
  ])
})
