import { systemClock } from '../ops/clock.ts'
import type { OperatorFault } from '../ops/fault.ts'
import { systemRandom } from '../ops/random.ts'
import { createSealing } from '../ops/sealing.ts'
import { openServerSecret } from '../ops/server-secret.ts'
import { rotateSigningKey } from '../token/keyring.ts'
import { type DataOptions, withStore } from './data.ts'
import { moment, show, table } from './output.ts'

/** `corpusiq keys list`: the signing keys, the newest first. Public facts only. */
export function listKeys(options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async (store) => {
    const keys = (await store.keys.list()).map(({ kid, alg, created_at, retired_at }) => ({
      kid,
      alg,
      created_at,
      ...(retired_at === undefined ? {} : { retired_at }),
    }))
    show(options.json, keys, () =>
      table(
        ['KEY', 'ALGORITHM', 'MADE', 'RETIRED'],
        keys.map((key) => [key.kid, key.alg, moment(key.created_at), moment(key.retired_at)]),
      ),
    )
    return undefined
  })
}

/** `corpusiq keys rotate`: a new key signs from now on; tokens of the earlier ones stay good until they expire. */
export function rotateKeys(options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async (store, { dataDir, accessTokenTtl }) => {
    const sealing = createSealing(await openServerSecret(dataDir))
    const { keys } = store
    const kid = await rotateSigningKey({
      keys,
      sealing,
      now: systemClock,
      random: systemRandom,
      accessTokenTtl,
    })
    show(
      options.json,
      { kid },
      () => `${kid} signs from now on. Tokens of earlier keys stay good until they expire.`,
    )
    return undefined
  })
}
