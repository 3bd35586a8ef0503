import { OAuthError } from '../oauth/errors.ts'
import { parseParameters } from '../oauth/parameters.ts'
import type { Clock } from '../ops/clock.ts'
import { equalInConstantTime, sha256 } from '../ops/digest.ts'
import type { Random } from '../ops/random.ts'
import type { AccountStore } from '../store/ports.ts'
import { readForm } from '../web/body.ts'
import { isFromOurPage } from '../web/csrf.ts'
import type { Handler } from '../web/handler.ts'
import { redirect } from '../web/redirect.ts'
import type { HashingGate } from './hashing-gate.ts'
import type { CreateOwner } from './owner.ts'
import { noticePage, setupPage } from './pages.ts'
import type { Sessions } from './sessions.ts'

/** The link is good for a day. */
const LINK_SECONDS = 24 * 60 * 60

export type SetupDeps = {
  publicUrl: string
  origins: readonly string[]
  accounts: Pick<AccountStore, 'exists'>
  createOwner: CreateOwner
  sessions: Sessions
  gate: HashingGate
  now: Clock
  random: Random
}

export type Setup = {
  /** A new link, which ends the one before; undefined where an owner exists. */
  link(): Promise<string | undefined>
  readonly show: Handler
  readonly submit: Handler
}

/**
 * The first owner by a link that only the terminal shows. The link's token is kept as a hash, in memory alone, and is
 * also the form's proof: nobody else's page can know it. It is spent when the owner exists.
 */
export function createSetup(deps: SetupDeps): Setup {
  const { publicUrl, origins, accounts, createOwner, sessions, gate, now, random } = deps
  let issued: { hash: string; expires_at: number } | undefined
  const isToken = (token: string | undefined): token is string =>
    token !== undefined &&
    issued !== undefined &&
    now() < issued.expires_at &&
    equalInConstantTime(sha256(token), issued.hash)
  return {
    async link() {
      if (await accounts.exists()) return undefined
      const token = random.secret('setup_')
      issued = { hash: sha256(token), expires_at: now() + LINK_SECONDS }
      return `${publicUrl}/setup?token=${token}`
    },
    async show(_request, { query }) {
      if (await accounts.exists()) return done()
      const token = parseParameters(query)?.get('token')
      return isToken(token) ? setupPage({ token }) : badLink()
    },
    async submit(request, { address }) {
      if (!isFromOurPage(request, origins)) return badLink()
      const form = await readForm(request)
      if (form instanceof OAuthError) return form
      if (await accounts.exists()) return done()
      const token = form.get('token')
      if (!isToken(token)) return badLink()
      const username = form.get('username') ?? ''
      const password = form.get('password') ?? ''
      const again = form.get('password_again')
      if (again !== undefined && again !== password) {
        return setupPage({ token, username, fault: 'The two passwords differ.' }, { status: 400 })
      }
      const outcome = gate.run(address, () => createOwner(username, password))
      if (typeof outcome === 'string') return busyPage()
      const owner = await outcome
      if (owner === undefined) return done()
      if (typeof owner === 'string') return setupPage({ token, username, fault: owner }, { status: 400 })
      issued = undefined
      return redirect(303, '/', [await sessions.start(owner.account_id)])
    },
  }
}

/** Too many passwords are being hashed already. */
export function busyPage(): Response {
  return noticePage({
    status: 503,
    title: 'Too busy',
    text: 'Too many people are signing in right now. Try again in a few seconds.',
    headers: { 'retry-after': '3' },
  })
}

function badLink(): Response {
  return noticePage({
    status: 403,
    title: 'This setup link does not work',
    text: 'It was cut, is older than a day, or the server was started again since. The terminal shows a new link at each start, until a password is set.',
  })
}

function done(): Response {
  return noticePage({
    status: 410,
    title: 'CorpusIQ is set up',
    text: 'The owner’s password is set, and the setup link is spent.',
    link: { href: '/login', text: 'Sign in' },
  })
}
