import { OAuthError } from '../oauth/errors.ts'
import { type JsonObject, parseJsonObject } from '../oauth/json.ts'
import { MemberFault } from '../oauth/member-fault.ts'
import { readBody } from '../web/body.ts'

/**
 * RFC 7591 §3.1: "The HTTP Entity Payload is a JSON document consisting of a JSON object", "with a content type of
 * "application/json"". Nothing else is read: a form of a foreign page can send other types without being asked
 * (no CORS preflight), but not this one.
 */
export async function readRegistration(request: Request): Promise<JsonObject | OAuthError> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json *(;|$)/i.test(type)) {
    return new OAuthError('invalid_client_metadata', 'content-type must be application/json', { status: 415 })
  }
  const charset = /;\s*charset="?([^";\s]+)/i.exec(type)?.[1]
  if (charset && charset.toLowerCase() !== 'utf-8') {
    return new OAuthError('invalid_client_metadata', 'the body must be UTF-8', { status: 415 })
  }
  const bytes = await readBody(request)
  if (bytes instanceof OAuthError) return bytes
  const body = parseJsonObject(bytes)
  return body instanceof MemberFault
    ? new OAuthError('invalid_client_metadata', body.about('the body'))
    : body
}
