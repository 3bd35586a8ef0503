import type { SignedIn } from '../oauth/grant.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Random } from '../ops/random.ts'
import type { Sealing } from '../ops/sealing.ts'
import type { Settings } from '../ops/settings.ts'
import type { ClientStore, CodeStore, ConsentStore } from '../store/ports.ts'
import type { SignIn } from '../web/handler.ts'

/** All that this room can reach. */
export type AuthorizationDependencies = {
  settings: Pick<
    Settings,
    'authorizationEndpoint' | 'issuer' | 'resource' | 'resourceUrl' | 'port' | 'reviveClients'
  >
  clients: Pick<ClientStore, 'find' | 'findTombstone' | 'seen' | 'approve'>
  consents: ConsentStore
  codes: Pick<CodeStore, 'issue' | 'deny'>
  sealing: Sealing
  now: Clock
  random: Random
  emit: Emit
  currentAccount(request: Request): Promise<SignedIn | undefined>
  signIn: SignIn
}
