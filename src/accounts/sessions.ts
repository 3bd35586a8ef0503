import type { SignedIn } from '../oauth/grant.ts'
import type { Clock } from '../ops/clock.ts'
import { storageKey } from '../ops/digest.ts'
import type { Random } from '../ops/random.ts'
import { newStoredToken } from '../ops/stored-token.ts'
import type { SessionStore } from '../store/ports.ts'
import { cookieName, readCookie, setCookie } from '../web/cookie.ts'

/** Two weeks from the sign-in, however much it is used; then the password is asked again. */
export const SESSION_SECONDS = 14 * 24 * 60 * 60

const PREFIX = 'session_'

export type Sessions = {
  /** Who is signed in in the browser that sent the request. */
  current(request: Request): Promise<SignedIn | undefined>
  /** A new session, never an old one's id; returns the `Set-Cookie` value. */
  start(account_id: string): Promise<string>
  /** Ends the session that the request came with, if any; returns the `Set-Cookie` value that forgets it. */
  end(request: Request): Promise<string>
}

export function createSessions(deps: {
  sessions: SessionStore
  now: Clock
  random: Random
  /** Whether the public URL is https: then the cookie is `Secure` and `__Host-`. */
  secure: boolean
}): Sessions {
  const { sessions, now, random, secure } = deps
  const name = cookieName('corpusiq_session', secure)
  const keyOf = (request: Request) => {
    const token = readCookie(request, name)
    return token === undefined ? undefined : storageKey(PREFIX, token)
  }
  return {
    async current(request) {
      const key = keyOf(request)
      if (!key) return undefined
      const account = await sessions.find(key, now())
      return account && { account, session: key.toString('base64url') }
    },
    async start(account_id) {
      const { token, key } = newStoredToken(random, PREFIX)
      await sessions.start({ key, account_id, expires_at: now() + SESSION_SECONDS })
      return setCookie(name, token, { secure, maxAge: SESSION_SECONDS })
    },
    async end(request) {
      const key = keyOf(request)
      if (key) await sessions.end(key)
      return setCookie(name, '', { secure, maxAge: 0 })
    },
  }
}
