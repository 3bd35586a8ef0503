import { OAuthError } from '../oauth/errors.ts'
import type { SignedIn } from '../oauth/grant.ts'
import type { Parameters } from '../oauth/parameters.ts'
import type { Sealing } from '../ops/sealing.ts'
import { openFormState, sealFormState } from '../web/form-state.ts'

/** So long may a person think before the consent page is too old, in seconds. */
export const TRANSACTION_SECONDS = 15 * 60

const FORM = 'consent'

/** Everything that a decision is about. It stands in the form, signed, so that nothing of it can be exchanged. */
export type Transaction = {
  /** One decision is made for each. */
  readonly id: string
  readonly account_id: string
  readonly client_id: string
  readonly redirect_uri: string
  readonly redirect_uri_given: boolean
  readonly state?: string
  readonly scope: string
  readonly resource: string
  readonly code_challenge: string
  /** The page said that the client was removed at that time, and that it is let back in. */
  readonly revives?: number
  readonly expires_at: number
}

/** The form's hidden fields: the transaction, and the proof that we made it for this session. */
export type TransactionFields = { readonly transaction: string; readonly token: string }

export function sealTransaction(
  sealing: Sealing,
  transaction: Transaction,
  session: string,
): TransactionFields {
  const { text, token } = sealFormState(sealing, FORM, session, transaction)
  return { transaction: text, token }
}

/** The transaction that came back, where it is ours, of this session and not too old. */
export function openTransaction(
  sealing: Sealing,
  form: Parameters,
  { session, account }: SignedIn,
  now: number,
): Transaction | OAuthError {
  const fields = { text: form.get('transaction'), token: form.get('token') }
  const transaction = openFormState<Transaction>(sealing, FORM, session, fields)
  if (!transaction) {
    return new OAuthError('invalid_request', 'the form was not made by us for this sign-in', { status: 403 })
  }
  if (transaction.account_id !== account.account_id) {
    return new OAuthError('invalid_request', 'the form was made for somebody else', { status: 403 })
  }
  if (now >= transaction.expires_at)
    return new OAuthError('invalid_request', 'the page was open for too long')
  return transaction
}
