import type { AuthorizationRequest } from '../oauth/authorization-request.ts'
import type { SignedIn } from '../oauth/grant.ts'
import { consentPage } from './consent-page.ts'
import type { AuthorizationDependencies } from './dependencies.ts'
import { sealTransaction, TRANSACTION_SECONDS } from './transaction.ts'

/**
 * The page that asks the person, with the transaction that the answer decides on. `again`: they said yes before. With
 * `removed_at`, a yes lets a removed client back in.
 */
export function askForConsent(
  { settings, sealing, now, random }: AuthorizationDependencies,
  wanted: AuthorizationRequest,
  { account, session }: SignedIn,
  { again = false, removed_at }: { again?: boolean; removed_at?: number },
): Response {
  const { client, redirect_uri, redirect_uri_given, scope, resource, code_challenge, state } = wanted
  const transaction = {
    id: random.id('transaction_'),
    account_id: account.account_id,
    client_id: client.client_id,
    redirect_uri,
    redirect_uri_given,
    ...(state !== undefined && { state }),
    scope,
    resource,
    code_challenge,
    ...(removed_at !== undefined && { revives: removed_at }),
    expires_at: now() + TRANSACTION_SECONDS,
  }
  return consentPage({
    client,
    redirect_uri,
    scope,
    username: account.username,
    again,
    ...(removed_at !== undefined && { removed: { at: removed_at, resource: settings.resource } }),
    fields: sealTransaction(sealing, transaction, session),
  })
}
