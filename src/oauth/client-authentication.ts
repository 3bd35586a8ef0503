import { OAuthError } from './errors.ts'
import type { Parameters } from './parameters.ts'

/** One way to read what was presented: whose it claims to be, and the secret, where one was sent. */
export type ClientCredentials = { readonly client_id: string; readonly client_secret: string | undefined }

/**
 * Which client a request comes from, by exactly one method (RFC 6749 §2.3: "The client MUST NOT use more than one
 * authentication method in each request."): HTTP Basic, `client_secret` in the body, or `client_id` alone.
 *
 * Answers one reading or two, to be tried in order: RFC 6749 §2.3.1 has id and secret form-encoded before Base64, and
 * half of the known clients leave that out. An empty secret is none: some clients send it where they never got one.
 * Nothing is proved yet. Refusals: `invalid_request` for two methods or two ids, `invalid_client` for none or a broken one.
 */
export function readClientCredentials(
  authorization: string | null,
  form: Parameters,
): readonly [ClientCredentials, ...ClientCredentials[]] | OAuthError {
  const client_id = form.get('client_id')
  const client_secret = form.get('client_secret')
  if (form.get('client_assertion') || form.get('client_assertion_type')) {
    if (authorization !== null || client_secret !== undefined) return twoMethods()
    return invalidClient('client assertions are not supported', false)
  }
  if (authorization === null) {
    if (client_id === undefined) return invalidClient('the request names no client', false)
    return [{ client_id, client_secret }]
  }

  const readings = readBasic(authorization)
  if (!readings) return invalidClient('the Authorization header does not hold HTTP Basic credentials', true)
  if (client_secret !== undefined) return twoMethods()
  if (client_id !== undefined && !readings.some((reading) => reading.client_id === client_id)) {
    return new OAuthError('invalid_request', 'client_id differs from that of the Authorization header')
  }
  return readings
}

/**
 * `invalid_client`, with a challenge where the header was used. RFC 6749 §5.2: "the authorization server MUST respond
 * with an HTTP 401 (Unauthorized) status code and include the "WWW-Authenticate" response header field matching the
 * authentication scheme used by the client." Without it none: a browser would ask the person for a password.
 */
export function invalidClient(description: string, usedHeader: boolean, reason?: string): OAuthError {
  return new OAuthError('invalid_client', description, {
    ...(reason !== undefined && { reason }),
    ...(usedHeader && { headers: { 'www-authenticate': 'Basic realm="CorpusIQ", charset="UTF-8"' } }),
  })
}

function twoMethods(): OAuthError {
  return new OAuthError('invalid_request', 'more than one method of client authentication')
}

function readBasic(header: string): [ClientCredentials, ...ClientCredentials[]] | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) return undefined
  const raw = credentials(text.slice(0, colon), text.slice(colon + 1))
  if (!/[%+]/.test(text)) return [raw]
  const client_id = formDecoded(raw.client_id)
  const client_secret = formDecoded(raw.client_secret ?? '')
  return client_id === undefined || client_secret === undefined
    ? [raw]
    : [credentials(client_id, client_secret), raw]
}

function credentials(client_id: string, client_secret: string): ClientCredentials {
  return { client_id, client_secret: client_secret === '' ? undefined : client_secret }
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
