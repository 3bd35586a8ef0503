import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Edge } from '../web/edge.ts'

export type ListenOptions = {
  fetch: Edge['fetch']
  host: string
  /** 0: any free one. */
  port: number
  times?: Partial<Times>
}

export type Listening = {
  readonly port: number
  /** Takes no more connections, answers what is under way, and resolves when the last connection is gone. */
  close(): Promise<void>
}

/** Milliseconds. */
export type Times = {
  /** Whoever drips headers or a body has this long. Answers may take longer: streams do. */
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly connectionsCheckingInterval: number
  /** How long an idle connection is kept. */
  readonly keepAliveTimeout: number
  /** How long `close` waits for answers that are under way. */
  readonly patience: number
}

/**
 * Idle connections live a little longer here than in the usual proxies (cloudflared: 90 s): the side that closes first
 * must be the one that asks, or a request runs into a closing door.
 */
export const TIMES: Times = {
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 95_000,
  patience: 10_000,
}

/** Request line and headers together: a URL of 16 kB, which the edge answers with 414 beyond, and as much again. */
const HEADER_LIMIT = 32 * 1024

/** Serves `fetch` over HTTP/1.1. Rejects with Node's own error where it cannot listen (EADDRINUSE, EACCES …). */
export async function listen({ fetch, host, port, times }: ListenOptions): Promise<Listening> {
  const { patience, ...timeouts } = { ...TIMES, ...times }
  const answer = getRequestListener((request, env) => {
    const { incoming } = env as HttpBindings
    return fetch(request, {
      address: incoming.socket.remoteAddress ?? '',
      host: incoming.headers.host,
      target: incoming.url,
    })
  })
  const server = createServer(
    { ...timeouts, maxHeaderSize: HEADER_LIMIT, insecureHTTPParser: false, requireHostHeader: true },
    (incoming, outgoing) => {
      if (!hasOneHost(incoming)) refuseRequest(outgoing)
      else if (hasSmallBody(incoming)) readFirst(incoming, () => answer(incoming, outgoing))
      else answer(incoming, outgoing)
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return { port: (server.address() as AddressInfo).port, close: () => close(server, patience) }
}

/**
 * RFC 9112 §3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks
 * a Host header field and to any request message that contains more than one Host header field line". Node sees to the
 * first half; of several lines it keeps the first in silence.
 */
function hasOneHost({ rawHeaders }: IncomingMessage): boolean {
  let lines = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host') lines++
  }
  return lines === 1
}

/** Characters of `content-length` that make no more than 9,999 bytes: as much as any registration or token request. */
const SMALL = 4

function hasSmallBody({ headers, method }: IncomingMessage): boolean {
  const length = headers['content-length']
  return length !== undefined && length.length <= SMALL && method === 'POST'
}

/**
 * A body that comes with its request, as nearly all do, is taken here and handed on by the name that other platforms
 * use for it (`rawBody`): the listener's own way to one, by a promise and four more events, takes 3 µs longer. What is
 * large, or of unknown length, is left to it, and to the handler's limits.
 */
function readFirst(incoming: IncomingMessage & { rawBody?: Buffer }, then: () => void): void {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    const [first] = chunks
    incoming.rawBody = first && chunks.length === 1 ? first : Buffer.concat(chunks)
    then()
  })
}

function refuseRequest(outgoing: ServerResponse): void {
  outgoing.writeHead(400, { connection: 'close', 'content-length': 0 }).end()
}

function close(server: Server, patience: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection that was busy at `close` becomes idle with its answer, and nobody else would end it then.
    const sweep = setInterval(() => server.closeIdleConnections(), 50)
    const end = setTimeout(() => server.closeAllConnections(), patience)
    server.close(() => {
      clearInterval(sweep)
      clearTimeout(end)
      resolve()
    })
    server.closeIdleConnections()
  })
}
