import { OAuthError } from '../oauth/errors.ts'
import { readBody } from '../web/body.ts'

/** Room for any call of ours (a query, an id) in any batch; a request is not where documents travel. */
const MESSAGE_LIMIT = 1024 * 1024

/**
 * Messages of one batch. Each may be answered with a document of a million characters, twice: a batch of a hundred, in
 * 10 kB, is an answer of 200 MB and takes 1.3 GB to make.
 */
const MOST_MESSAGES = 10

/**
 * The JSON of a POST to `/mcp`, one message or a batch, parsed once: what is judged is what is dispatched. Else the
 * refusal: 415 not JSON, 413 too large, 400 malformed or too long a batch.
 */
export async function readMessage(request: Request): Promise<{ message: unknown } | Response> {
  if (!/^application\/json *(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    return rpcError(415, -32000, 'Unsupported Media Type: Content-Type must be application/json')
  }
  const body = await readBody(request, MESSAGE_LIMIT)
  if (body instanceof OAuthError) return rpcError(body.status, -32000, body.error_description, body.headers)
  let message: unknown
  try {
    message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    // JSON-RPC 2.0 §5.1: -32700 "Invalid JSON was received by the server."
    return rpcError(400, -32700, 'Parse error: the body is not valid JSON')
  }
  if (Array.isArray(message) && message.length > MOST_MESSAGES) {
    return rpcError(400, -32600, `Invalid Request: a batch has at most ${MOST_MESSAGES} messages`)
  }
  return { message }
}

/** An answer that concerns no single request of the caller's, JSON-RPC 2.0 §5: its id is null. */
export function rpcError(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers })
}
