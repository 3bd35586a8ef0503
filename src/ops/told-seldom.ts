import type { Event } from './events.ts'

/** Milliseconds. */
const MINUTE = 60_000

/** An event, and how many more like it came since the last that was told. */
export type Tell = (event: Event, more: number) => void

/**
 * Lets through what the log tells of refusals for being too many: of each kind the first, and while more come one a
 * minute that says how many. All other events pass. Never more kinds at once than the program has reasons to refuse.
 */
export function createToldSeldom(tell: Tell): { emit: (event: Event) => void; flush: () => void } {
  const kinds = new Map<string, { more: number; last: Event }>()

  const begin = (kind: string, event: Event) => {
    const told = { more: 0, last: event }
    kinds.set(kind, told)
    const minutes = setInterval(() => {
      if (told.more > 0) return tellMore(told)
      clearInterval(minutes)
      kinds.delete(kind)
    }, MINUTE).unref()
  }
  const tellMore = (told: { more: number; last: Event }) => {
    tell(told.last, told.more)
    told.more = 0
  }

  return {
    emit(event) {
      const kind = kindOf(event)
      const known = kind === undefined ? undefined : kinds.get(kind)
      if (known) {
        known.more++
        known.last = event
        return
      }
      if (kind !== undefined) begin(kind, event)
      tell(event, 0)
    },
    /** Tells at once what waits. */
    flush() {
      for (const told of kinds.values()) if (told.more > 0) tellMore(told)
    },
  }
}

/** Undefined for what is told each time. */
function kindOf(event: Event): string | undefined {
  if (event.type === 'login.throttled') return event.type
  if ('error' in event && event.error === 'temporarily_unavailable') return `${event.type} ${event.reason}`
  return undefined
}
