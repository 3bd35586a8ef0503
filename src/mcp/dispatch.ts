import {
  createMcpHandler,
  isLegacyRequest,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'

/**
 * Answers a message that has been read, judged and admitted, in whichever revision it speaks: 2026-07-28, whose
 * requests name it in their `_meta`, or those of 2025, which begin with `initialize`. Stateless: a fresh server for each
 * exchange, no session, so that nothing of one caller can reach another. Always one JSON body, never an event stream:
 * nothing here reports progress, and Cloudflare's quick tunnels hold event streams back.
 */
export function createDispatch(
  createServer: (request: Request) => Server,
): (request: Request, message: unknown) => Promise<Response> {
  const modern = createMcpHandler(({ requestInfo }) => createServer(requestInfo as Request), {
    legacy: 'reject',
  })
  return async (request, message) => {
    const parsedBody = withoutCancellations(message)
    if (!(await isLegacyRequest(request, parsedBody))) return modern.fetch(request, { parsedBody })
    // Without a session id the transport neither makes nor reads one: a forged one means nothing. Neither is closed:
    // with one JSON body nothing of them outlives the answer, no timer and no stream.
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await createServer(request).connect(transport)
    return transport.handleRequest(request, { parsedBody })
  }
}

/**
 * A batch without its cancellations (only the 2025-03-26 revision has batches). In a stateless server they can name
 * nothing but a request beside them, whose answer the transport would then wait for without end.
 */
function withoutCancellations(message: unknown): unknown {
  if (!Array.isArray(message)) return message
  const kept = message.filter((member) => member?.method !== 'notifications/cancelled')
  return kept.length > 0 ? kept : message
}
