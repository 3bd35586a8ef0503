import { OAuthError } from '../oauth/errors.ts'
import type { Account } from '../oauth/grant.ts'
import { type Parameters, parseParameters } from '../oauth/parameters.ts'
import type { Clock } from '../ops/clock.ts'
import { hashPassword, verifyPassword } from '../ops/digest.ts'
import type { Emit } from '../ops/events.ts'
import { madeOnce } from '../ops/made-once.ts'
import type { Random } from '../ops/random.ts'
import type { Sealing } from '../ops/sealing.ts'
import type { AccountStore, AuditStore } from '../store/ports.ts'
import { readForm } from '../web/body.ts'
import { cookieName, readCookie, setCookie } from '../web/cookie.ts'
import { formToken, isFormToken, isFromOurPage } from '../web/csrf.ts'
import type { Handler } from '../web/handler.ts'
import { addressKey } from '../web/rate-limit.ts'
import { redirect } from '../web/redirect.ts'
import type { HashingGate } from './hashing-gate.ts'
import type { LoginLimit } from './login-limit.ts'
import { type LoginView, loginPage, noticePage } from './pages.ts'
import { canonicalUsername } from './password-rules.ts'
import { ownPath } from './return-path.ts'
import type { Sessions } from './sessions.ts'
import { busyPage } from './setup.ts'

export type LoginDeps = {
  origins: readonly string[]
  secure: boolean
  accounts: Pick<AccountStore, 'exists' | 'findByUsername'>
  audit: Pick<AuditStore, 'append' | 'refuse'>
  sessions: Sessions
  limit: LoginLimit
  gate: HashingGate
  sealing: Sealing
  now: Clock
  random: Random
  emit: Emit
}

export function createLogin(deps: LoginDeps): { show: Handler; submit: Handler; logout: Handler } {
  const { origins, secure, accounts, audit, sessions, limit, gate, sealing, now, random, emit } = deps
  const browserCookie = cookieName('corpusiq_browser', secure)

  /** The form, bound to the browser it is sent to by a cookie that only that browser has. */
  function form(request: Request, view: Omit<LoginView, 'token'>, status = 200, headers = {}): Response {
    const known = readCookie(request, browserCookie)
    const browser = known !== undefined && /^[\w-]{20,100}$/.test(known) ? known : random.secret('')
    const cookie = setCookie(browserCookie, browser, { secure })
    const token = formToken(sealing, 'login', browser)
    return loginPage({ ...view, token }, { status, headers: { ...headers, 'set-cookie': cookie } })
  }

  function isOurForm(request: Request, parameters: Parameters): boolean {
    const browser = readCookie(request, browserCookie)
    return browser !== undefined && isFormToken(sealing, 'login', browser, parameters.get('token'))
  }

  const nobody = madeOnce(() => hashPassword(random.secret('')))
  /** The same work whether the name is known or not, so that neither text nor time tells. */
  async function verify(username: string, password: string): Promise<Account | undefined> {
    const dummy = await nobody()
    const account = await accounts.findByUsername(username)
    const right = await verifyPassword(password, account?.password_hash ?? dummy)
    return right ? account : undefined
  }

  return {
    async show(request, { query }) {
      if (!(await accounts.exists())) return notSetUp()
      const return_to = ownPath(parseParameters(query)?.get('return_to'))
      if (await sessions.current(request)) return redirect(302, return_to)
      return form(request, { return_to })
    },

    async submit(request, context) {
      const parameters = await readForm(request)
      if (parameters instanceof OAuthError) return parameters
      if (!(await accounts.exists())) return notSetUp()
      const return_to = ownPath(parameters.get('return_to'))
      if (!isFromOurPage(request, origins) || !isOurForm(request, parameters)) {
        const fault = 'This page was too old, or the browser blocks cookies. Try again.'
        return form(request, { return_to, fault }, 403)
      }
      const username = canonicalUsername(parameters.get('username') ?? '')
      const password = parameters.get('password') ?? ''
      const address = addressKey(context.address)
      const attempt = async () => {
        const wait = limit.wait(address, username)
        if (wait > 0) return wait
        const account = await verify(username, password)
        if (account) limit.succeeded(address)
        else limit.failed(address, username)
        return account
      }
      // Looked at before it queues, and again when its turn comes: what came together is counted one by one.
      const wait = limit.wait(address, username)
      const turn = wait > 0 ? Promise.resolve(wait) : gate.run(address, attempt)
      if (turn === 'full') return busyPage()
      const outcome = turn === 'yours' ? 1 : await turn

      if (typeof outcome === 'number') {
        emit({ type: 'login.throttled', address: context.address })
        const fault = `Too many attempts. Try again in ${outcome} ${outcome === 1 ? 'second' : 'seconds'}.`
        const headers = { 'retry-after': String(outcome) }
        return form(request, { return_to, username, fault }, 429, headers)
      }
      if (outcome === undefined) {
        audit.refuse({ at: now(), type: 'login.failed', address: context.address })
        emit({ type: 'login.failed', address: context.address })
        return form(request, { return_to, username, fault: 'The username or the password is wrong.' }, 403)
      }
      await sessions.end(request)
      const cookie = await sessions.start(outcome.account_id)
      const { account_id } = outcome
      await audit.append({ at: now(), type: 'login.succeeded', address: context.address, account_id })
      emit({ type: 'login.succeeded', account_id, address: context.address })
      return redirect(303, return_to, [cookie])
    },

    /** No token: the cookie is SameSite=Lax, so that nobody else's form arrives with a session. */
    async logout(request) {
      if (!isFromOurPage(request, origins)) {
        return noticePage({ status: 403, title: 'Not signed out', text: 'That form was not ours.' })
      }
      return redirect(303, '/login', [await sessions.end(request)])
    },
  }
}

function notSetUp(): Response {
  return noticePage({
    status: 403,
    title: 'CorpusIQ is not set up yet',
    text: 'Open the setup link that the terminal shows where the server was started, and set the owner’s password. Then start again in your client.',
  })
}
