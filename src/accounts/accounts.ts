import type { SignedIn } from '../oauth/grant.ts'
import type { Clock } from '../ops/clock.ts'
import type { Emit } from '../ops/events.ts'
import type { Random } from '../ops/random.ts'
import type { Sealing } from '../ops/sealing.ts'
import type { Settings } from '../ops/settings.ts'
import type { AccountStore, AuditStore, SessionStore } from '../store/ports.ts'
import { ownOrigins } from '../web/csrf.ts'
import type { Route, SignIn } from '../web/handler.ts'
import { createHashingGate } from './hashing-gate.ts'
import { createLogin } from './login.ts'
import { createLoginLimit } from './login-limit.ts'
import { type CreateOwner, ownerCreation } from './owner.ts'
import { signIn } from './return-path.ts'
import { createSessions } from './sessions.ts'
import { createSetup } from './setup.ts'

export type AccountsDependencies = {
  settings: Pick<Settings, 'resourceUrl' | 'port'>
  accounts: AccountStore
  sessions: SessionStore
  audit: Pick<AuditStore, 'append' | 'refuse'>
  sealing: Sealing
  now: Clock
  random: Random
  emit: Emit
}

export type Accounts = {
  readonly routes: readonly Route[]
  /** Who is signed in in the browser that sent the request. */
  currentAccount(request: Request): Promise<SignedIn | undefined>
  readonly signIn: SignIn
  /** The one-time setup link, made anew by each call; undefined where an owner exists. */
  setupLink(): Promise<string | undefined>
  readonly createOwner: CreateOwner
}

/** People: the first owner, signing in and out, sessions. */
export function createAccounts(deps: AccountsDependencies): Accounts {
  const { settings, audit, sealing, now, random, emit } = deps
  const secure = settings.resourceUrl.startsWith('https:')
  const origins = ownOrigins(settings)
  const sessions = createSessions({ sessions: deps.sessions, now, random, secure })
  const createOwner = ownerCreation({ accounts: deps.accounts, now, random, emit })
  const gate = createHashingGate()
  const accounts = rememberingExistence(deps.accounts)
  const login = createLogin({
    origins,
    secure,
    accounts,
    audit,
    sessions,
    limit: createLoginLimit(now),
    gate,
    sealing,
    now,
    random,
    emit,
  })
  const setup = createSetup({
    publicUrl: settings.resourceUrl,
    origins,
    accounts,
    createOwner,
    sessions,
    gate,
    now,
    random,
  })
  const route = (method: 'GET' | 'POST', path: string, handler: Route['handler']): Route => ({
    method,
    path,
    surface: 'browser',
    handler,
  })
  return {
    routes: [
      route('GET', '/login', login.show),
      route('POST', '/login', login.submit),
      route('POST', '/logout', login.logout),
      route('GET', '/setup', setup.show),
      route('POST', '/setup', setup.submit),
    ],
    currentAccount: sessions.current,
    signIn,
    setupLink: setup.link,
    createOwner,
  }
}

/** Asked at each sign-in; once there is an owner, there always is one. */
function rememberingExistence(accounts: AccountStore): Pick<AccountStore, 'exists' | 'findByUsername'> {
  let known = false
  return {
    async exists() {
      known ||= await accounts.exists()
      return known
    },
    findByUsername: (username) => accounts.findByUsername(username),
  }
}
