/**
 * robots.txt by RFC 9309: what a site asks of those who read it by machine.
 */

/** Our product token (RFC 9309 §2.2.1). */
const PRODUCT = 'corpusiq'

/** Bytes of a file, at most. §2.5 asks for at least 500 kibibytes. */
export const ROBOTS_BYTES = 2 * 1024 * 1024

export type Robots = {
  /** `path`: of a URL, with its query. */
  allows(path: string): boolean
  /** Seconds between two requests, where the site asks for it; not of the RFC, widely honoured. */
  readonly crawlDelay: number | undefined
}

type Rule = { readonly allow: boolean; readonly pattern: string }
type Group = { readonly agents: Set<string>; readonly rules: Rule[]; crawlDelay: number | undefined }

/** Where there is no file: everything (§2.3.1.3). */
export const ALLOW_ALL: Robots = { allows: () => true, crawlDelay: undefined }
/** Where the file cannot be had: nothing (§2.3.1.4). */
export const ALLOW_NOTHING: Robots = { allows: () => false, crawlDelay: undefined }

export function parseRobots(text: string): Robots {
  const groups = groupsOf(text)
  const own = groups.filter(({ agents }) => agents.has(PRODUCT))
  // §2.2.1: "If no matching group exists, crawlers MUST obey the group with a user-agent line with the "*" value, if
  // present." More than one of ours: "the matching groups' rules MUST be combined into one group".
  const obeyed = own.length > 0 ? own : groups.filter(({ agents }) => agents.has('*'))
  const rules = obeyed.flatMap((group) => group.rules)
  return {
    allows(path) {
      if (path === '/robots.txt') return true
      const asked = normal(path, true)
      let decided: Rule | undefined
      for (const rule of rules) {
        // §2.2.2: "The most specific match found MUST be used. The most specific match is the match that has the most
        // octets." "If an "allow" rule and a "disallow" rule are equivalent, then the "allow" rule SHOULD be used."
        const more = rule.pattern.length - (decided?.pattern.length ?? -1)
        if ((more > 0 || (more === 0 && rule.allow)) && matches(rule.pattern, asked)) decided = rule
      }
      return decided?.allow ?? true
    },
    crawlDelay: obeyed.find(({ crawlDelay }) => crawlDelay !== undefined)?.crawlDelay,
  }
}

function groupsOf(text: string): Group[] {
  const groups: Group[] = []
  let group: Group | undefined
  let inAgents = false
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [key, value] = keyAndValue(line)
    if (key === 'user-agent') {
      if (!inAgents || !group) {
        group = { agents: new Set(), rules: [], crawlDelay: undefined }
        groups.push(group)
      }
      inAgents = true
      group.agents.add(value === '*' ? '*' : (/^[a-z_-]+/i.exec(value)?.[0].toLowerCase() ?? ''))
    } else if (key === 'allow' || key === 'disallow') {
      inAgents = false
      // An empty pattern matches nothing.
      if (value !== '') group?.rules.push({ allow: key === 'allow', pattern: normal(value, false) })
    } else if (key === 'crawl-delay') {
      inAgents = false
      const seconds = /^\d{1,6}(?:\.\d{1,3})?$/.test(value) ? Number(value) : undefined
      if (group) group.crawlDelay ??= seconds
    }
  }
  return groups
}

function keyAndValue(line: string): [string, string] {
  const [content = ''] = line.split('#', 1)
  const colon = content.indexOf(':')
  if (colon === -1) return ['', '']
  return [content.slice(0, colon).trim().toLowerCase(), content.slice(colon + 1).trim()]
}

/**
 * The form in which octets are compared (§2.2.2): what need not be percent-encoded is not, everything else is. In a path
 * `*` and `$` are signs like others, which a pattern writes `%2A` and `%24`.
 */
function normal(text: string, isPath: boolean): string {
  return text
    .toWellFormed()
    .replace(/[^\x21-\x7E]+/gu, encodeURIComponent)
    .replace(/%[0-9a-f]{2}/gi, (octet) => {
      const sign = String.fromCharCode(Number.parseInt(octet.slice(1), 16))
      return /[A-Za-z0-9._~-]/.test(sign) ? sign : octet.toUpperCase()
    })
    .replace(isPath ? /[*$]/g : /(?!)/, (sign) => (sign === '*' ? '%2A' : '%24'))
}

/** Whether the path begins with the pattern; `*` is any signs, a `$` at the end is the path's end. No backtracking. */
function matches(pattern: string, path: string): boolean {
  const toTheEnd = pattern.endsWith('$')
  const [first = '', ...parts] = (toTheEnd ? pattern.slice(0, -1) : pattern).split('*')
  if (!path.startsWith(first)) return false
  let at = first.length
  const last = toTheEnd ? parts.pop() : undefined
  for (const part of parts) {
    const found = path.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  if (!toTheEnd) return true
  if (last === undefined) return at === path.length
  return path.length - last.length >= at && path.endsWith(last)
}
