/**
 * The one door for HTTP to hosts that others name: web pages, sitemaps, documents and keys of clients. Whoever names a
 * URL must not reach what only this machine reaches (CWE-918), nor keep it busy (CWE-400, CWE-409).
 */
import * as http from 'node:http'
import * as https from 'node:https'
import type { LookupFunction } from 'node:net'
import { ENCODINGS, EncodingFault, readBounded, SizeFault } from './bounded-body.ts'
import { systemCode } from './fault.ts'
import { type CheckedAddress, publicAddresses, type Resolve } from './public-name.ts'
import { VERSION } from './version.ts'

export type PublicFetchOptions = {
  /** Bytes of the body, as they come and after decompression. */
  readonly maxBytes: number
  /** Media types that are taken, lower case, without parameters; default all. */
  readonly mediaTypes?: readonly string[]
  /** Redirects that are followed, each checked like the first URL; default none, at most 5. */
  readonly redirects?: number
  /** Whether a redirect may lead there; default anywhere public. */
  readonly mayFollow?: (to: URL) => boolean
  readonly accept?: string
  /** A conditional request (RFC 9110 §13.1): what a former answer's headers said. */
  readonly etag?: string | undefined
  readonly last_modified?: string | undefined
  /** Lets `http:` through, beside `https:`. */
  readonly allowHttp?: boolean
  /** Ports beside 443 and 80. */
  readonly ports?: readonly number[]
  /** Milliseconds: to be connected, to have the headers of one answer, and for everything. */
  readonly patience?: { readonly connect: number; readonly headers: number; readonly all: number }
  readonly signal?: AbortSignal
  /** For tests: addresses that are let through though nobody should reach them. */
  readonly unsafeAllowAddresses?: readonly string[]
  /** For tests: in the place of the system's resolver. */
  readonly resolve?: Resolve
  /** For tests: the authority (PEM) that is trusted in the place of the known ones. */
  readonly certificateAuthority?: string
}

export type PublicAnswer = {
  readonly status: number
  /** Where the answer came from, after redirects. */
  readonly url: string
  /** Lower-case names; of a header that came twice, Node's choice. */
  readonly headers: http.IncomingHttpHeaders
  /** Empty unless the status is 200. */
  readonly body: Uint8Array
}

export type PublicFetchFaultKind =
  /** No URL that is ever asked: scheme, port, user name or password. */
  | 'url'
  | 'unresolved'
  /** No address of the host is public. */
  | 'not-public'
  | 'redirect'
  | 'connection'
  | 'time'
  | 'size'
  | 'media-type'
  | 'encoding'
  | 'aborted'

/** Why there is no answer: a value, never thrown. `reason` goes on after "the URL …", and tells nothing of hosts inside. */
export class PublicFetchFault {
  readonly kind: PublicFetchFaultKind
  readonly reason: string
  constructor(kind: PublicFetchFaultKind, reason: string) {
    this.kind = kind
    this.reason = reason
  }
}

export type PublicFetch = (
  url: string,
  options: PublicFetchOptions,
) => Promise<PublicAnswer | PublicFetchFault>

const PATIENCE = { connect: 5_000, headers: 10_000, all: 30_000 }
const MOST_REDIRECTS = 5
const HEADER_BYTES = 16 * 1024
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * GETs a URL from the public internet. Each name is resolved once, and the connection goes to the very address that was
 * checked (CWE-367). No cookies, no credentials, no proxy of the environment. Other statuses than 200 are answers too.
 */
export const publicFetch: PublicFetch = async (url, options) => {
  const { all } = options.patience ?? PATIENCE
  const ending = new AbortController()
  const end = () => ending.abort(new PublicFetchFault('aborted', 'was not waited for'))
  const timer = setTimeout(() => ending.abort(tooSlow(all)), all)
  options.signal?.addEventListener('abort', end, { once: true })
  if (options.signal?.aborted) end()
  try {
    return await follow(url, options, ending.signal)
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', end)
  }
}

async function follow(
  first: string,
  options: PublicFetchOptions,
  signal: AbortSignal,
): Promise<PublicAnswer | PublicFetchFault> {
  const most = Math.min(options.redirects ?? 0, MOST_REDIRECTS)
  let url = allowedUrl(first, undefined, options)
  for (let hop = 0; ; hop++) {
    if (url instanceof PublicFetchFault) return url
    const addresses = await unlessAborted(resolvePublic(url, options), signal)
    if (addresses instanceof PublicFetchFault) return addresses
    const answer = await ask(url, addresses, options, signal)
    if (answer instanceof PublicFetchFault) return answer
    const { location } = answer.headers
    if (!REDIRECTS.has(answer.status) || location === undefined) return answer
    if (hop >= most)
      return new PublicFetchFault('redirect', `redirects ${most === 0 ? '' : 'too often'}`.trim())
    const next: URL | PublicFetchFault = allowedUrl(location, url, options)
    if (next instanceof URL && options.mayFollow?.(next) === false) {
      return new PublicFetchFault('redirect', `redirects to ${next.origin}`)
    }
    url = next
  }
}

function allowedUrl(
  text: string,
  base: URL | undefined,
  options: PublicFetchOptions,
): URL | PublicFetchFault {
  if (!URL.canParse(text, base)) return new PublicFetchFault('url', 'is no URL')
  const url = new URL(text, base)
  const { allowHttp = false, ports = [] } = options
  if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:')) {
    return new PublicFetchFault('url', `is not ${allowHttp ? 'http or https' : 'https'}`)
  }
  if (url.username !== '' || url.password !== '')
    return new PublicFetchFault('url', 'holds a user name or password')
  if (![443, 80, ...ports].includes(portOf(url))) return new PublicFetchFault('url', `names port ${url.port}`)
  url.hash = ''
  return url
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}

async function resolvePublic(
  { hostname }: URL,
  { resolve, unsafeAllowAddresses = [] }: PublicFetchOptions,
): Promise<readonly CheckedAddress[] | PublicFetchFault> {
  const addresses = await publicAddresses(hostname, {
    ...(resolve ? { resolve } : {}),
    unsafeAllow: unsafeAllowAddresses,
  })
  if (!addresses) return new PublicFetchFault('unresolved', 'names a host that is not known')
  return addresses.length > 0
    ? addresses
    : new PublicFetchFault('not-public', 'names a host that is not public')
}

/** One request to one of the addresses; the name serves for TLS and the `Host` header alone. */
async function ask(
  url: URL,
  addresses: readonly CheckedAddress[],
  options: PublicFetchOptions,
  signal: AbortSignal,
): Promise<PublicAnswer | PublicFetchFault> {
  const patience = options.patience ?? PATIENCE
  const { request } = url.protocol === 'https:' ? https : http
  const sent = request(url, {
    // An agent of its own, closed with its one request: the shared one may lead through a proxy of the environment.
    agent: false,
    lookup: pinned(addresses),
    headers: headersOf(options),
    maxHeaderSize: HEADER_BYTES,
    insecureHTTPParser: false,
    ...(options.certificateAuthority ? { ca: options.certificateAuthority } : {}),
  })
  let stopped: PublicFetchFault | undefined
  const stop = (fault: PublicFetchFault) => {
    stopped ??= fault
    sent.destroy()
  }
  const abort = () => stop(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const connecting = setTimeout(() => stop(tooSlow(patience.connect)), patience.connect)
  const answering = setTimeout(() => stop(tooSlow(patience.headers)), patience.headers)
  try {
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      sent.on('socket', (socket) => {
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
      })
      sent.once('response', resolve)
      // Stays, since a request that is destroyed may fail once more.
      sent.on('error', reject)
      sent.once('close', () => reject(new Error('closed')))
      sent.end()
    })
    clearTimeout(answering)
    return await taken(answer, url, options)
  } catch (fault) {
    if (stopped) return stopped
    if (fault instanceof SizeFault)
      return new PublicFetchFault('size', `is larger than ${options.maxBytes} bytes`)
    if (fault instanceof EncodingFault) return new PublicFetchFault('encoding', `is ${fault.message}`)
    return new PublicFetchFault('connection', `could not be read (${systemCode(fault) ?? 'no answer'})`)
  } finally {
    clearTimeout(connecting)
    clearTimeout(answering)
    signal.removeEventListener('abort', abort)
    sent.destroy()
  }
}

async function taken(
  answer: http.IncomingMessage,
  url: URL,
  { maxBytes, mediaTypes }: PublicFetchOptions,
): Promise<PublicAnswer | PublicFetchFault> {
  const status = answer.statusCode ?? 0
  const { headers } = answer
  if (status !== 200) return { status, url: url.href, headers, body: new Uint8Array() }
  const type = mediaTypeOf(headers)
  if (mediaTypes && !mediaTypes.includes(type)) {
    return new PublicFetchFault(
      'media-type',
      `is of the type ${type === '' ? 'unknown' : type.slice(0, 100)}`,
    )
  }
  return { status, url: url.href, headers, body: await readBounded(answer, maxBytes) }
}

/** The media type of an answer, lower case, without parameters; empty where it names none. */
export function mediaTypeOf(headers: http.IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function headersOf({ accept, etag, last_modified }: PublicFetchOptions): http.OutgoingHttpHeaders {
  return {
    'User-Agent': `CorpusIQ/${VERSION}`,
    Accept: accept ?? '*/*',
    'Accept-Encoding': ENCODINGS,
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
    ...(last_modified === undefined ? {} : { 'If-Modified-Since': last_modified }),
  }
}

/** Answers every question for a name with what was checked. */
function pinned(addresses: readonly CheckedAddress[]): LookupFunction {
  return (_name, { all }, callback) => {
    const [first] = addresses
    if (all || !first) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}

/** A lookup cannot be called off; nobody has to wait for it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | PublicFetchFault> {
  return new Promise((resolve, reject) => {
    const abort = () => resolve(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function tooSlow(milliseconds: number): PublicFetchFault {
  return new PublicFetchFault('time', `took longer than ${milliseconds / 1000} s`)
}
