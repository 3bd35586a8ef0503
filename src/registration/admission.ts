import { bearerChallenge, parseBearer } from '../oauth/bearer.ts'
import { OAuthError } from '../oauth/errors.ts'
import { INITIAL_ACCESS_TOKEN_PREFIX } from '../oauth/prefix.ts'
import { hasEnded } from '../ops/client-secret.ts'
import type { Clock } from '../ops/clock.ts'
import { storageKey } from '../ops/digest.ts'
import type { Settings } from '../ops/settings.ts'
import type { RegistrationToken, RegistrationTokenStore } from '../store/ports.ts'

/** Who came: by an initial access token, where the server asks for one, else anybody. */
export type Admission = { readonly token?: RegistrationToken }

/**
 * Who may register at all (RFC 7591 §3: "the client registration endpoint MAY be an OAuth 2.0 protected resource").
 * Where no token is asked for, an `Authorization` header is not looked at, however it is formed: real clients send all
 * kinds of it. Nothing is spent here; the store counts the token in the transaction that registers the client.
 */
export function createAdmission(deps: {
  access: Settings['registrationAccess']
  registrationTokens: Pick<RegistrationTokenStore, 'find'>
  now: Clock
}): (authorization: string | null) => Promise<Admission | OAuthError> | Admission | OAuthError {
  const { access, registrationTokens, now } = deps
  if (access === 'closed') return () => switchedOff()
  if (access !== 'token') return () => ({})
  return async (authorization) => {
    const presented = parseBearer(authorization)
    if (presented instanceof OAuthError) return withChallenge(presented)
    if (presented === undefined) return noToken()
    const key = storageKey(INITIAL_ACCESS_TOKEN_PREFIX, presented)
    const token = key && (await registrationTokens.find(key))
    if (!token) return refusedToken('unknown or was revoked')
    if (hasEnded(token.expires_at, now())) return refusedToken('has expired')
    if (token.uses_left === 0) return refusedToken('is used up')
    return { token }
  }
}

/** Somebody else was quicker: told in the same words as what was there to be seen before. */
export function spentToken(): OAuthError {
  return refusedToken('is used up')
}

function switchedOff(): OAuthError {
  return new OAuthError(
    'access_denied',
    'dynamic client registration is switched off at this server: its operator can switch it on or register the client',
    { reason: 'CORPUSIQ_REGISTRATION_ACCESS is closed, or registration is not allowed' },
  )
}

/** RFC 6750 §3.1: a request without credentials is told the scheme, and no error in the challenge. */
function noToken(): OAuthError {
  return new OAuthError(
    'invalid_token',
    'this server registers only clients that bring an initial access token (Authorization: Bearer): ask its operator for one',
    { reason: 'no initial access token', headers: { 'www-authenticate': bearerChallenge({ realm: REALM }) } },
  )
}

function refusedToken(fault: string): OAuthError {
  return withChallenge(
    new OAuthError(
      'invalid_token',
      `the initial access token ${fault}: ask the operator of this server for another one`,
    ),
  )
}

function withChallenge({ error, error_description, reason }: OAuthError): OAuthError {
  const challenge = bearerChallenge({ realm: REALM, error, error_description })
  return new OAuthError(error, error_description, { reason, headers: { 'www-authenticate': challenge } })
}

const REALM = 'client registration'
