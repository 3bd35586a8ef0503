import { sha256 } from '../ops/digest.ts'
import type { Cors } from './cors.ts'
import type { Handler } from './handler.ts'

export type FixedDocument = {
  body: string
  contentType: string
  /** Seconds. Short where a setting may change the document. */
  maxAge: number
  /** Who may read it from pages of other origins; nobody where it is left out. */
  cors?: Cors
}

type HeaderRecord = Readonly<Record<string, string>>

const NO_CORS: HeaderRecord = {}

/**
 * The handler of a document that is built once: each answer is a string and a plain object of headers that stand
 * ready. `ETag` and 304 by RFC 9110 §13.1.2. The CORS headers are in every answer, because it may be cached. Its route
 * is `fixed`.
 */
export function fixedDocument({ body, contentType, maxAge, cors }: FixedDocument): Handler {
  const etag = `"${sha256(body).slice(0, 22)}"`
  const validators = { etag, 'cache-control': `public, max-age=${maxAge}` }
  const content = {
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(body)),
    'x-content-type-options': 'nosniff',
    ...validators,
  }
  // As many as there are answers of `cors`, which makes them once.
  const prepared = new Map<HeaderRecord, { whole: HeaderRecord; unchanged: HeaderRecord }>()
  return (request) => {
    const forOrigin = cors?.headers(request.headers.get('origin')) ?? NO_CORS
    let headers = prepared.get(forOrigin)
    if (!headers) {
      headers = { whole: { ...content, ...forOrigin }, unchanged: { ...validators, ...forOrigin } }
      prepared.set(forOrigin, headers)
    }
    return isUnchanged(request.headers.get('if-none-match'), etag)
      ? new Response(null, { status: 304, headers: headers.unchanged })
      : new Response(body, { status: 200, headers: headers.whole })
  }
}

/** RFC 9110 §13.1.2: a list of tags, compared weakly, or `*`. */
function isUnchanged(condition: string | null, etag: string): boolean {
  if (condition === null) return false
  return condition.split(',').some((tag) => {
    const given = tag.trim()
    return given === '*' || given === etag || given === `W/${etag}`
  })
}
