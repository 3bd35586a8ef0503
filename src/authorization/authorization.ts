import type { SignedIn } from '../oauth/grant.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Random } from '../ops/random.ts'
import type { Sealing } from '../ops/sealing.ts'
import type { Settings } from '../ops/settings.ts'
import type { ClientStore, CodeStore, ConsentStore } from '../store/ports.ts'
import type { Route, SignIn } from '../web/handler.ts'
import { authorizeEndpoint } from './authorize.ts'
import { decisionEndpoint } from './decision.ts'
import { DECISION_PATH } from './pages.ts'

export type AuthorizationDependencies = {
  settings: Pick<Settings, 'authorizationEndpoint' | 'issuer' | 'resource' | 'resourceUrl' | 'port'>
  clients: Pick<ClientStore, 'find'>
  consents: ConsentStore
  codes: Pick<CodeStore, 'issue' | 'deny'>
  sealing: Sealing
  now: Clock
  random: Random
  emit: Emit
  currentAccount(request: Request): Promise<SignedIn | undefined>
  signIn: SignIn
}

/** The authorization endpoint, consent, and the code (RFC 6749 §4.1). */
export function createAuthorization(deps: AuthorizationDependencies): { routes: readonly Route[] } {
  const authorize = authorizeEndpoint(deps)
  // Some clients invent the default path, whatever the metadata says.
  const paths = new Set([new URL(deps.settings.authorizationEndpoint).pathname, '/authorize'])
  return {
    routes: [
      // RFC 6749 §3.1: "The authorization server MUST support the use of the HTTP 'GET' method", POST is optional.
      ...[...paths].map((path): Route => ({ method: 'GET', path, surface: 'browser', handler: authorize })),
      { method: 'POST', path: DECISION_PATH, surface: 'browser', handler: decisionEndpoint(deps) },
    ],
  }
}
