import { systemClock } from '../ops/clock.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { allPages, type DataOptions, withStore } from './data.ts'
import { moment, show, table } from './output.ts'

/** `corpusiq grants list`: which client may do what for whom, the oldest first. */
export function listGrants(options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async (store) => {
    const grants = await allPages(store.grants.page, (grant) => grant.grant_id)
    show(options.json, grants, () =>
      table(
        ['GRANT', 'CLIENT', 'NAME', 'SCOPE', 'GRANTED', 'LAST USED'],
        grants.map((grant) => [
          grant.grant_id,
          grant.client_id,
          grant.client_name ?? '-',
          grant.scope,
          moment(grant.created_at),
          moment(grant.last_used_at),
        ]),
      ),
    )
    return undefined
  })
}

/** `corpusiq grants revoke <id>`: its tokens end at once, and the person is asked again the next time. */
export function revokeGrant(grant_id: string, options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async (store, _settings, tell) => {
    const grant = await store.grants.find(grant_id)
    const audit = {
      at: systemClock(),
      type: 'grant.revoked',
      detail: `${grant_id} by corpusiq grants revoke`,
      ...(grant ? { client_id: grant.client_id, account_id: grant.account_id } : {}),
    }
    if (!(await store.grants.revoke(grant_id, audit, { forgetConsent: true }))) {
      return new OperatorFault(`There is no grant ${safeText(grant_id)}. See: corpusiq grants list`)
    }
    if (grant) tell({ type: 'grant.revoked', grant_id, client_id: grant.client_id })
    show(
      options.json,
      { grant_id, revoked: true },
      () => `Revoked ${grant_id}. Its tokens are refused from now on.`,
    )
    return undefined
  })
}
