import { isUtf8 } from 'node:buffer'
import { OAuthError } from '../oauth/errors.ts'
import { type Parameters, parseParameters } from '../oauth/parameters.ts'

/**
 * No form or registration of a real client comes near this; the largest seen is 2 kB. Wide enough that one absurd value
 * (100 kB) is still refused by the rule of its own.
 */
export const BODY_LIMIT = 128 * 1024

/** A piece costs some microseconds however small it is, and a sender may make one of every byte. */
const MOST_PIECES = 4096

const FORM = 'application/x-www-form-urlencoded'

/**
 * The body's bytes. 413 beyond `limit`, whether announced or found while reading; 415 for a content encoding, since
 * nothing here sends one and a bomb would.
 */
export async function readBody(request: Request, limit = BODY_LIMIT): Promise<Uint8Array | OAuthError> {
  const encoding = request.headers.get('content-encoding')
  if (encoding && encoding.toLowerCase() !== 'identity') {
    return new OAuthError('invalid_request', 'content-encoding is not supported', { status: 415 })
  }
  const length = request.headers.get('content-length')
  if (length !== null) {
    // Node's parser holds the sender to the length it announced.
    if (!/^\d{1,15}$/.test(length) || Number(length) > limit) return tooLarge(limit)
    return Buffer.from(await request.arrayBuffer())
  }
  if (!request.body) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > limit) return tooLarge(limit)
    if (chunks.length === MOST_PIECES) return inPieces()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A form, RFC 6749 Appendix B: 415 for any other media type, 400 where it is not UTF-8 or has too many parameters. */
export async function readForm(request: Request, limit = BODY_LIMIT): Promise<Parameters | OAuthError> {
  const type = request.headers.get('content-type') ?? ''
  if (type !== FORM) {
    if (!/^application\/x-www-form-urlencoded *(;|$)/i.test(type)) {
      return new OAuthError('invalid_request', `content-type must be ${FORM}`, { status: 415 })
    }
    const charset = /charset="?([^";\s]+)/i.exec(type)?.[1]
    if (charset && !/^utf-?8$/i.test(charset)) {
      return new OAuthError('invalid_request', 'the form must be UTF-8', { status: 415 })
    }
  }
  const body = await readBody(request, limit)
  if (body instanceof OAuthError) return body
  if (!isUtf8(body)) return new OAuthError('invalid_request', 'the form is not UTF-8')
  const parameters = parseParameters(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'))
  return parameters ?? new OAuthError('invalid_request', 'too many parameters')
}

function tooLarge(limit: number): OAuthError {
  return unread(`the body is larger than ${limit} bytes`)
}

function inPieces(): OAuthError {
  return unread(`the body comes in more than ${MOST_PIECES} pieces`)
}

/** Whatever of the body is still to come is not read: the connection ends. */
function unread(description: string): OAuthError {
  return new OAuthError('invalid_request', description, { status: 413, headers: { connection: 'close' } })
}
