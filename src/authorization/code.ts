import { CODE_PREFIX } from '../oauth/prefix.ts'
import { newStoredToken } from '../ops/stored-token.ts'
import type { AuditRecord, Consent } from '../store/ports.ts'
import type { AuthorizationDependencies } from './dependencies.ts'

/** RFC 6749 §4.1.2: "A maximum authorization code lifetime of 10 minutes is RECOMMENDED"; clients redeem at once. */
export const CODE_SECONDS = 60

/** What a code stands for. */
export type Approved = {
  readonly client_id: string
  readonly account_id: string
  readonly redirect_uri: string
  readonly redirect_uri_given: boolean
  readonly scope: string
  readonly resource: string
  readonly code_challenge: string
}

/**
 * Makes and stores a code, of which the store only sees the hash; with `decision`, only if none was made on that
 * transaction before; with `revive` also for a removed client, which comes back in the same transaction.
 */
export async function issueCode(
  { codes, now, random, emit }: Pick<AuthorizationDependencies, 'codes' | 'now' | 'random' | 'emit'>,
  approved: Approved,
  decision?: { id: string; expires_at: number; consent: Consent; revive?: AuditRecord },
): Promise<{ code: string } | 'decided_before' | 'client_gone'> {
  const { client_id, account_id, redirect_uri, redirect_uri_given, scope, resource, code_challenge } =
    approved
  const { token: code, key } = newStoredToken(random, CODE_PREFIX)
  const issued_at = now()
  const outcome = await codes.issue(
    {
      key,
      client_id,
      account_id,
      redirect_uri,
      redirect_uri_given,
      scope,
      resource,
      code_challenge,
      issued_at,
      expires_at: issued_at + CODE_SECONDS,
    },
    decision,
  )
  if (outcome !== 'issued') return outcome
  emit({ type: 'authorization.approved', client_id, account_id, scope })
  return { code }
}
