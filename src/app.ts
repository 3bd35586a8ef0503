/**
 * The composition root: introduces every room to the others, and does nothing else.
 */
import { createAccounts } from './accounts/accounts.ts'
import type { CreateOwner } from './accounts/owner.ts'
import { createAuthorization } from './authorization/authorization.ts'
import { connectionRoutes } from './connections/connections.ts'
import type { Corpus } from './corpus/corpus.ts'
import { documentRoutes } from './documents/documents.ts'
import { createGuard } from './mcp/guard.ts'
import { mcpRoutes } from './mcp/server.ts'
import { metadataRoutes } from './metadata/metadata.ts'
import { createIsSecret } from './ops/client-secret.ts'
import type { Clock } from './ops/clock.ts'
import type { Emit } from './ops/events.ts'
import type { Random } from './ops/random.ts'
import type { Sealing } from './ops/sealing.ts'
import type { Settings } from './ops/settings.ts'
import { configurationRoutes } from './registration/configure.ts'
import type { RegistrationRules } from './registration/policy.ts'
import { registrationRoutes } from './registration/register.ts'
import { createRegistrationJudge, type RegistrationPolicy } from './registration/registration-judge.ts'
import type { Store } from './store/ports.ts'
import { createToken } from './token/token.ts'
import { edgeRoutes } from './web/assets.ts'
import { createEdge, type Edge } from './web/edge.ts'

export type AppDependencies = {
  settings: Settings
  store: Store
  corpus: Corpus
  sealing: Sealing
  now: Clock
  random: Random
  /** To the log and the journal. */
  emit: Emit
  /** Of the policy file. */
  registrationRules?: RegistrationRules
  /** Of the program around the library. */
  registrationPolicy?: RegistrationPolicy | undefined
}

export type App = {
  /** The whole server as one function of a web-standard request; `address` is the connection's peer. */
  readonly fetch: Edge['fetch']
  /** The one-time setup link, where no owner exists yet; made anew by each call. */
  setupLink(): Promise<string | undefined>
  readonly createOwner: CreateOwner
  /** Before the first request: makes the first signing key. Throws where the one there cannot be opened. */
  prepare(): Promise<void>
}

export function createApp(deps: AppDependencies): App {
  const { settings, store, corpus, sealing, now, random, emit } = deps
  const accounts = createAccounts({
    settings,
    accounts: store.accounts,
    sessions: store.sessions,
    audit: store.audit,
    sealing,
    now,
    random,
    emit,
  })
  const isSecret = createIsSecret()
  const token = createToken({
    settings,
    clients: store.clients,
    codes: store.codes,
    grants: store.grants,
    refreshTokens: store.refreshTokens,
    keys: store.keys,
    isSecret,
    sealing,
    now,
    random,
    emit,
  })
  const authorization = createAuthorization({
    settings,
    clients: store.clients,
    consents: store.consents,
    codes: store.codes,
    sealing,
    now,
    random,
    emit,
    currentAccount: accounts.currentAccount,
    signIn: accounts.signIn,
  })
  const { registrationRules: rules = {}, registrationPolicy: policy } = deps
  const judge = createRegistrationJudge({ access: settings.registrationAccess, rules, policy })
  const guard = createGuard({ settings, verifyAccess: token.verifyAccess, emit })

  const edge = createEdge({
    settings,
    emit,
    random,
    routes: [
      ...edgeRoutes({ settings, currentAccount: accounts.currentAccount }),
      ...metadataRoutes({ settings, emit }),
      ...registrationRoutes({
        settings,
        clients: store.clients,
        registrationTokens: store.registrationTokens,
        judge,
        unusedPerAddress: rules.unused_clients_per_address,
        audit: store.audit,
        now,
        random,
        emit,
      }),
      ...configurationRoutes({
        settings,
        clients: store.clients,
        audit: store.audit,
        isSecret,
        judge,
        now,
        random,
        emit,
      }),
      ...accounts.routes,
      ...authorization.routes,
      ...token.routes,
      ...mcpRoutes({ settings, corpus, guard }),
      ...connectionRoutes({
        settings,
        clients: store.clients,
        grants: store.grants,
        sealing,
        now,
        emit,
        currentAccount: accounts.currentAccount,
        signIn: accounts.signIn,
      }),
      ...documentRoutes({
        corpus,
        currentAccount: accounts.currentAccount,
        signIn: accounts.signIn,
      }),
    ],
  })
  return {
    fetch: edge.fetch,
    setupLink: accounts.setupLink,
    createOwner: accounts.createOwner,
    prepare: token.prepare,
  }
}
