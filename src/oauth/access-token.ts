import type { AccessTokenClaims } from './grant.ts'
import type { Jwt } from './jwt.ts'

/** RFC 9068 §2.1, and the one algorithm that is ever accepted. */
export function accessTokenHeader(kid: string): { alg: 'ES256'; typ: 'at+jwt'; kid: string } {
  return { alg: 'ES256', typ: 'at+jwt', kid }
}

/**
 * The key that a token's header names; undefined where the header is not that of an access token of ours.
 * RFC 9068 §4: 'The resource server MUST verify that the "typ" header value is "at+jwt" or "application/at+jwt" and
 * reject tokens carrying any other value.' (A media type: its case is free.) `alg` is compared, never looked up
 * (RFC 8725 §3.1), and a header that brings anything else (`jwk`, `jku`, `x5u`, `crit`) is not ours.
 */
export function accessTokenKey(header: Jwt['header']): string | undefined {
  const { alg, typ, kid, ...others } = header
  if (alg !== 'ES256' || typeof kid !== 'string' || Object.keys(others).length > 0) return undefined
  return typeof typ === 'string' && /^(application\/)?at\+jwt$/i.test(typ) ? kid : undefined
}

/** How far ahead of ours another clock of the same house may be, in seconds. */
const CLOCK_SKEW = 10

/**
 * The claims of a token whose signature is proved, where it is for us and valid now (RFC 9068 §4); else the reason,
 * for the log. `aud` has to be our resource and nothing else: a token for several resources is one that the others
 * could replay here.
 */
export function judgeClaims(
  payload: Jwt['payload'],
  { issuer, resource, now }: { issuer: string; resource: string; now: number },
): AccessTokenClaims | string {
  const { iss, aud, sub, client_id, scope, jti, iat, nbf, exp, grant_id } = payload
  if (iss !== issuer) return 'another issuer'
  if (aud !== resource) return 'another audience'
  if (!isTime(iat) || !isTime(exp) || !(nbf === undefined || isTime(nbf))) return 'no time or a wrong one'
  if (exp <= now) return 'expired'
  if (iat > now + CLOCK_SKEW || (nbf !== undefined && nbf > now + CLOCK_SKEW)) return 'not valid yet'
  if (!isText(sub) || !isText(client_id) || !isText(jti) || !isText(grant_id)) return 'a claim is missing'
  if (typeof scope !== 'string') return 'a claim is missing'
  return { iss, aud, sub, client_id, scope, jti, iat, exp, grant_id }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
