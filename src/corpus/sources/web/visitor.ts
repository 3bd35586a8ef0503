import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../../../ops/clock.ts'
import {
  type PublicAnswer,
  type PublicFetch,
  PublicFetchFault,
  type PublicFetchOptions,
} from '../../../ops/public-fetch.ts'
import { ALLOW_ALL, ALLOW_NOTHING, parseRobots, ROBOTS_BYTES, type Robots } from './robots.ts'

/** Seconds. */
const BETWEEN = { usual: 1, most: 30 }
const REST = {
  /** After "too many" or "unavailable" without a word of how long. */
  unsaid: 60,
  /** Until then we wait; beyond it the host is left alone. */
  awaited: 120,
  /** After failures one after the other, or a file of rules that cannot be had. */
  failing: 3600,
  most: 86_400,
}
const FAILURES = 3
/** RFC 9309 §2.4: "Crawlers SHOULD NOT use the cached version for more than 24 hours". */
const ROBOTS_AGE = 86_400

export type Visit =
  | PublicAnswer
  | PublicFetchFault
  /** The site's robots.txt asks us not to. */
  | 'disallowed'
  /** The host is left alone for now: it asked for it, fails, or cannot tell its rules. */
  | 'away'

export type Visitor = {
  /**
   * GETs a page as a polite guest: one request at a time for each host, with a pause between two, by the rules of its
   * robots.txt, and not while it asks to be left alone. `isNamed`: the operator named this very URL, so no rule is asked.
   */
  visit(url: string, options: PublicFetchOptions, isNamed?: boolean): Promise<Visit>
}

type Host = {
  /** Settles when the request before is over. */
  turn: Promise<unknown>
  /** When the last request was over. */
  last: number | undefined
  restsUntil: number
  failures: number
  readonly robots: Map<string, { readonly at: number; readonly rules: Robots }>
}

export function createVisitor(world: {
  fetch: PublicFetch
  now: Clock
  /** Seconds since some moment, with fractions, never set back. */
  elapsed: () => number
  /** Resolves after so many seconds, or earlier where nobody waits any more. */
  wait: (seconds: number) => Promise<void>
  stopped: () => boolean
}): Visitor {
  const { fetch: get, now, elapsed, wait, stopped } = world
  const hosts = new Map<string, Host>()

  function hostOf({ hostname }: URL): Host {
    const known = hosts.get(hostname)
    if (known) return known
    const host: Host = {
      turn: Promise.resolve(),
      last: undefined,
      restsUntil: 0,
      failures: 0,
      robots: new Map(),
    }
    hosts.set(hostname, host)
    return host
  }

  function visit(address: string, options: PublicFetchOptions, isNamed = false): Promise<Visit> {
    const url = new URL(address)
    const host = hostOf(url)
    const visiting = host.turn.then(() => visitNow(host, url, options, isNamed))
    host.turn = visiting.catch(() => {})
    return visiting
  }

  async function visitNow(
    host: Host,
    url: URL,
    options: PublicFetchOptions,
    isNamed: boolean,
  ): Promise<Visit> {
    if (stopped() || host.restsUntil > elapsed()) return 'away'
    const rules = isNamed ? ALLOW_ALL : await rulesOf(host, url, options)
    if (rules === ALLOW_NOTHING || stopped() || host.restsUntil > elapsed()) return 'away'
    if (!rules.allows(url.pathname + url.search)) return 'disallowed'
    const mayFollow = (to: URL) =>
      options.mayFollow?.(to) !== false && (to.origin !== url.origin || rules.allows(to.pathname + to.search))
    const pause = Math.min(Math.max(rules.crawlDelay ?? 0, BETWEEN.usual), BETWEEN.most)
    return await ask(host, url.href, { ...options, mayFollow }, pause)
  }

  /** One request, and a second one where the host asks for a short wait. */
  async function ask(host: Host, url: string, options: PublicFetchOptions, pause: number): Promise<Visit> {
    for (let again = false; ; again = true) {
      if (host.last !== undefined) await wait(Math.max(host.last + pause - elapsed(), 0))
      if (stopped()) return 'away'
      const answer = await get(url, options)
      host.last = elapsed()
      noteFailure(host, answer)
      if (answer instanceof PublicFetchFault || (answer.status !== 429 && answer.status !== 503))
        return answer
      const rest = Math.min(retryAfter(answer.headers, now()) ?? REST.unsaid, REST.most)
      if (again || rest > REST.awaited) {
        host.restsUntil = elapsed() + rest
        return 'away'
      }
      await wait(rest)
    }
  }

  function noteFailure(host: Host, answer: PublicAnswer | PublicFetchFault): void {
    const failed =
      answer instanceof PublicFetchFault && ['connection', 'time', 'unresolved'].includes(answer.kind)
    host.failures = failed ? host.failures + 1 : 0
    if (host.failures < FAILURES) return
    host.restsUntil = elapsed() + REST.failing
    host.failures = 0
  }

  async function rulesOf(host: Host, url: URL, options: PublicFetchOptions): Promise<Robots> {
    const known = host.robots.get(url.origin)
    if (known && elapsed() - known.at < ROBOTS_AGE) return known.rules
    const { etag, last_modified, mediaTypes, ...rest } = options
    const answer = await ask(
      host,
      `${url.origin}/robots.txt`,
      { ...rest, accept: 'text/plain', maxBytes: ROBOTS_BYTES, redirects: 5, mayFollow: () => true },
      BETWEEN.usual,
    )
    const rules = rulesFrom(answer)
    // What cannot be had is asked for again, not remembered for a day.
    if (rules === ALLOW_NOTHING) host.restsUntil = Math.max(host.restsUntil, elapsed() + REST.failing)
    else host.robots.set(url.origin, { at: elapsed(), rules })
    return rules
  }

  return { visit }
}

/** RFC 9309 §2.3.1. */
function rulesFrom(answer: Visit): Robots {
  if (typeof answer === 'string') return ALLOW_NOTHING
  if (answer instanceof PublicFetchFault) {
    // §2.3.1.2: "If there are more than five consecutive redirects, crawlers MAY assume that the robots.txt file is
    // unavailable."
    return answer.kind === 'redirect' ? ALLOW_ALL : ALLOW_NOTHING
  }
  if (answer.status === 200) return parseRobots(new TextDecoder().decode(answer.body))
  // §2.3.1.3: "If a server status code indicates that the robots.txt file is unavailable to the crawler, then the crawler
  // MAY access any resources on the server." §2.3.1.4: where it is unreachable due to server or network errors, "the
  // crawler MUST assume complete disallow".
  return answer.status >= 400 && answer.status < 500 ? ALLOW_ALL : ALLOW_NOTHING
}

/** Seconds that an answer asks to wait (RFC 9110 §10.2.3): a number, or a date. */
export function retryAfter(headers: IncomingHttpHeaders, now: number): number | undefined {
  const value = headers['retry-after']?.trim() ?? ''
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(Math.ceil(date / 1000 - now), 0)
}
