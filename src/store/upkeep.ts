import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Settings } from '../ops/settings.ts'
import type { Store } from './ports.ts'

/** Rows of one table a step: some tens of milliseconds of work. */
const STEP = 1000
/** Milliseconds to the next step: after a full one (a flood fills faster than one a second), after any, after none. */
const PAUSE = { full: 50, some: 1000, none: 60_000 }

export type UpkeepDependencies = {
  store: Pick<Store, 'sweep'> & { clients: Pick<Store['clients'], 'removeUnused' | 'removeInactive'> }
  settings: Pick<Settings, 'accessTokenTtl' | 'unusedClientTtl' | 'inactiveClientTtl'>
  now: Clock
  emit: Emit
}

/**
 * Removes what has expired and clients whose life is over, in small steps far from any request, until the function
 * that it answers is called; that one waits for the step under way.
 */
export function keepTidy({ store, settings, now: clock, emit }: UpkeepDependencies): () => Promise<void> {
  const { accessTokenTtl, unusedClientTtl, inactiveClientTtl } = settings
  let timer: NodeJS.Timeout
  let step: Promise<void> = Promise.resolve()
  const after = (milliseconds: number) => {
    timer = setTimeout(() => {
      step = tidy()
    }, milliseconds).unref()
  }
  const tidy = async () => {
    const now = clock()
    /** A life of 0 has no end. */
    const before = (ttl: number) => (ttl === 0 ? 0 : now - ttl)
    let gone = 0
    try {
      gone += await store.sweep(now, STEP, { accessTokenTtl })
      gone += await store.clients.removeUnused({ before: before(unusedClientTtl), now, limit: STEP })
      gone += await store.clients.removeInactive({ before: before(inactiveClientTtl), now, limit: STEP })
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
