import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Store } from './ports.ts'

/** With more clients than these, the oldest that nobody ever signed in with go: a flood fills 450 MB and no more. */
const CLIENTS_KEPT = 1_000_000
/** Rows of one table a step: some tens of milliseconds of work. */
const STEP = 1000
/** Milliseconds to the next step: after a full one (a flood fills faster than one a second), after any, after none. */
const PAUSE = { full: 50, some: 1000, none: 60_000 }

export type UpkeepDependencies = {
  store: Pick<Store, 'sweep'> & { clients: Pick<Store['clients'], 'removeUnused'> }
  now: Clock
  emit: Emit
  /** Seconds that an access token lives. */
  accessTokenTtl: number
  clientsKept?: number
}

/**
 * Removes what has expired, and clients beyond the bound, in small steps far from any request, until the function that
 * it answers is called; that one waits for the step under way.
 */
export function keepTidy({
  store,
  now,
  emit,
  accessTokenTtl,
  clientsKept = CLIENTS_KEPT,
}: UpkeepDependencies): () => Promise<void> {
  let timer: NodeJS.Timeout
  let step: Promise<void> = Promise.resolve()
  const after = (milliseconds: number) => {
    timer = setTimeout(() => {
      step = tidy()
    }, milliseconds).unref()
  }
  const tidy = async () => {
    let gone = 0
    try {
      gone += await store.sweep(now(), STEP, { accessTokenTtl })
      gone += await store.clients.removeUnused({ keep: clientsKept, limit: STEP })
    } catch (fault) {
      emit({ type: 'upkeep.failed', fault })
    }
    after(gone >= STEP ? PAUSE.full : gone > 0 ? PAUSE.some : PAUSE.none)
  }
  after(PAUSE.none)
  return async () => {
    await step
    clearTimeout(timer)
  }
}
