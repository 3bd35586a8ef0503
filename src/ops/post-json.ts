/**
 * A POST of JSON to a URL that the operator named in the settings: any host, this machine's among them. Nobody else may
 * lead it elsewhere: redirects are not followed, no proxy of the environment is gone through.
 */
import * as http from 'node:http'
import * as https from 'node:https'
import { readBounded, SizeFault } from './bounded-body.ts'
import { systemCode } from './fault.ts'
import { VERSION } from './version.ts'

/** Where an operator's endpoint is, with what it asks for. */
export type Endpoint = {
  readonly url: string
  /** Sent as a bearer token; never told to anybody else. */
  readonly key: string | undefined
}

export type PostLimits = {
  /** Milliseconds, for everything. */
  readonly patience: number
  /** Bytes of the answer. */
  readonly maxBytes: number
  readonly signal?: AbortSignal
}

export type JsonAnswer = {
  readonly status: number
  /** Undefined where the body is no JSON. */
  readonly json: unknown
  readonly headers: http.IncomingHttpHeaders
}

/** Why there is no answer, as the end of a sentence about the endpoint. */
export class PostFault {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

export async function postJson(
  { url, key }: Endpoint,
  value: unknown,
  { patience, maxBytes, signal }: PostLimits,
): Promise<JsonAnswer | PostFault> {
  const body = JSON.stringify(value)
  const { request } = new URL(url).protocol === 'https:' ? https : http
  const sent = request(url, {
    method: 'POST',
    agent: false,
    headers: {
      'User-Agent': `CorpusIQ/${VERSION}`,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      Accept: 'application/json',
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
    },
  })
  let stopped: PostFault | undefined
  const stop = (reason: string) => {
    stopped ??= new PostFault(reason)
    sent.destroy()
  }
  const timer = setTimeout(() => stop(`took longer than ${patience / 1000} s`), patience)
  const abort = () => stop('was not waited for')
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()
  try {
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve)
      sent.on('error', reject)
      sent.once('close', () => reject(new Error('closed')))
      sent.end(body)
    })
    const { statusCode: status = 0, headers } = answer
    return { status, json: jsonOf(await readBounded(answer, maxBytes)), headers }
  } catch (fault) {
    if (stopped) return stopped
    if (fault instanceof SizeFault) return new PostFault(`answered more than ${maxBytes} bytes`)
    return new PostFault(`could not be reached (${systemCode(fault) ?? 'no answer'})`)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    sent.destroy()
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
