import { identifyClient, identityLine } from '../oauth/client-identity.ts'
import { verifiedByAll } from '../oauth/known-clients.ts'
import { withoutSecrets } from '../oauth/prefix.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import type { Clock } from './clock.ts'
import type { Emit, Event } from './events.ts'
import { knownCause } from './journal-causes.ts'
import { safeText } from './log-text.ts'

/** What arrived at the door and what it was answered. Ids and names, never a secret. */
export type JournalEntry = {
  readonly at: number
  readonly type: string
  readonly address?: string
  readonly client_id?: string
  readonly client_name?: string
  readonly detail?: string
  /** The known cause, in words for a person. */
  readonly cause?: string
}

type JournalSink = { append(entry: JournalEntry): void }

/** Clients repeat themselves, some each second for days: the same again within this many seconds is not written. */
const AGAIN = 60
/** Different ones that are remembered for it. */
const REMEMBERED = 2000

/** To compare a name with those of known clients costs some 70 µs: in a flood, names are not looked at that closely. */
const CLOSE_LOOKS = 50

/** Of what anybody can cause, so much is told in a second: the rest of a flood is like it, and pushes out what is not. */
const VISITS = 500
/** Of all: more the store would not write. */
const ENTRIES = 2000

type Registered = { readonly client_name: string; readonly redirect_uris: readonly string[] }

/** `emit`, with the journal as another sink of the same events. */
export function withJournal(emit: Emit, journal: JournalSink, now: Clock): Emit {
  const keep = createJournal(journal, now)
  return (event) => {
    emit(event)
    keep(event)
  }
}

/**
 * The sink that keeps the journal: what happened at the doors, as sentences, each with its known cause. Appending is
 * the store's lazy write, so that no answer waits for it. Texts of clients are made safe as for the log, and what looks
 * like a secret of ours is taken out, wherever a client put it.
 */
export function createJournal(journal: JournalSink, now: Clock): Emit {
  const last = new Map<string, number>()

  const isAgain = (key: string, at: number): boolean => {
    const before = last.get(key)
    if (before !== undefined && at - before < AGAIN) return true
    last.delete(key)
    if (last.size >= REMEMBERED)
      for (const oldest of last.keys()) {
        last.delete(oldest)
        break
      }
    last.set(key, at)
    return false
  }

  let second = 0
  let looked = 0
  let visits = 0
  let entries = 0
  const identity = (client: Registered): string => {
    if (looked++ < CLOSE_LOOKS) return identityLine(identifyClient(client))
    return identityLine({ verified: verifiedByAll(client.redirect_uris), flags: [] })
  }

  return (event) => {
    const at = now()
    const { type } = event
    if (at !== second) {
      second = at
      looked = 0
      visits = 0
      entries = 0
    }
    if (entries >= ENTRIES || (BY_ANYBODY.has(type) && visits++ >= VISITS)) return
    const detail = sentence(event, identity)
    if (detail === undefined) return
    const address = member(event, 'address')
    const client_id = member(event, 'client_id')
    if (REPEATED.has(type) && isAgain(`${type} ${address} ${client_id} ${detail}`, at)) return
    entries++
    const client_name = member(event, 'client_name')
    const cause = knownCause(type, refusal(event))
    journal.append({
      at,
      type,
      ...(address && { address }),
      ...(client_id && { client_id }),
      ...(client_name && { client_name }),
      detail,
      ...(cause !== undefined && { cause }),
    })
  }
}

/** What one address may cause without end. */
const REPEATED: ReadonlySet<Event['type']> = new Set([
  'metadata.read',
  'access.challenged',
  'access.refused',
  'registration.refused',
  'configuration.refused',
  'authorization.requested',
  'authorization.refused',
  'token.refused',
  'login.failed',
  'login.throttled',
])

const BY_ANYBODY: ReadonlySet<Event['type']> = new Set([
  ...REPEATED,
  'registration.received',
  'registration.accepted',
])

/** What happened, for a person; undefined for what is no business of the door. */
function sentence(event: Event, identity: (client: Registered) => string): string | undefined {
  switch (event.type) {
    case 'metadata.read':
      return `read the metadata (${event.document})`
    case 'access.challenged':
      return 'came to /mcp without a token: 401, sign in first'
    case 'registration.accepted':
      return `registered; ${identity(event)}; its codes go to ${hosts(event.redirect_uris)}${waiting(event)}`
    case 'registration.refused':
      return `registration refused: ${refusal(event)}`
    case 'client.updated':
      return `changed its registration; ${identity(event)}; its codes go to ${hosts(event.redirect_uris)}${waiting(event)}`
    case 'client.approved':
      return 'approved by the owner: it may authorize now'
    case 'client.revived':
      return 'let in again under its old id, by the person'
    case 'client.deleted':
      return 'deleted, with its grants and tokens'
    case 'configuration.refused':
      return `management refused: ${refusal(event)}`
    case 'authorization.requested':
      return `came to authorize for ${clean(event.redirect_host)}, ${event.signed_in ? 'the person is signed in' : 'the person has to sign in'}`
    case 'authorization.refused':
      return `authorization refused: ${refusal(event)}`
    case 'authorization.approved':
      return `allowed: ${clean(event.scope)}`
    case 'authorization.denied':
      return 'denied by the person'
    case 'login.succeeded':
      return 'signed in'
    case 'login.failed':
      return 'sign-in failed'
    case 'login.throttled':
      return 'sign-in slowed down after failed ones'
    case 'owner.created':
      return 'the owner’s account was made'
    case 'token.issued':
      return `tokens issued by ${clean(event.grant_type)}: ${clean(event.scope)}`
    case 'token.refused':
      return `token request refused: ${refusal(event)}`
    case 'token.reuse_detected':
      return 'a used code or refresh token came again: the access is ended'
    case 'access.granted':
      return 'calls /mcp'
    case 'access.refused':
      return `refused at /mcp: ${refusal(event)}`
    case 'grant.revoked':
      return 'the access is ended'
    default:
      return undefined
  }
}

function waiting({ approval }: { approval?: 'pending' }): string {
  return approval === undefined ? '' : '; waits for the approval of the owner'
}

function hosts(redirect_uris: readonly string[]): string {
  const names = [...new Set(redirect_uris.map((uri) => redirectHost(uri).host))]
  const shown = names
    .slice(0, 5)
    .map((name) => clean(name))
    .join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}

function refusal(event: Event): string {
  return 'reason' in event && 'error' in event ? `${event.error}: ${clean(event.reason, 400)}` : ''
}

function member(event: Event, name: 'address' | 'client_id' | 'client_name'): string {
  const value = name in event ? (event as Partial<Record<typeof name, unknown>>)[name] : undefined
  return typeof value === 'string' ? clean(value) : ''
}

function clean(text: string, limit?: number): string {
  return withoutSecrets(safeText(text, limit))
}
