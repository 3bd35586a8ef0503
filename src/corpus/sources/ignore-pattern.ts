/** What one line of an ignore file says. */
export type IgnoreRule = {
  /** `!`: re-includes what an earlier rule leaves out. */
  readonly negated: boolean
  readonly directoryOnly: boolean
  /** Of the path below the file's folder; `isDirectory` of what stands there. */
  matches(path: string, isDirectory: boolean): boolean
}

/** Matches a part of a path between two slashes; `undefined` stands for `**`. */
type Part = ((name: string) => boolean) | undefined

/** The longest line that is read: a path is hardly longer. */
const LINE = 4096

/**
 * The rules of an ignore file, in order (gitignore(5)). Matching takes time linear in pattern times name, whatever they
 * are: a cloned repository brings its own patterns, and those of a regular expression could be made to take years.
 */
export function parseIgnoreFile(text: string, options: { ignoreCase: boolean }): IgnoreRule[] {
  const rules: IgnoreRule[] = []
  for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
    const rule = line.length <= LINE ? parseRule(line, options.ignoreCase) : undefined
    if (rule) rules.push(rule)
  }
  return rules
}

function parseRule(line: string, ignoreCase: boolean): IgnoreRule | undefined {
  let pattern = withoutTrailingSpaces(line.endsWith('\r') ? line.slice(0, -1) : line)
  if (pattern === '' || pattern.startsWith('#')) return undefined
  const negated = pattern.startsWith('!')
  if (negated) pattern = pattern.slice(1)
  const directoryOnly = pattern.endsWith('/')
  if (directoryOnly) pattern = pattern.slice(0, -1)
  // A slash at the beginning or in the middle ties the pattern to the file's own folder.
  const anchored = pattern.includes('/')
  if (pattern.startsWith('/')) pattern = pattern.slice(1)
  if (pattern === '') return undefined
  if (ignoreCase) pattern = pattern.toLowerCase()

  const parts = partsOf(pattern)?.map(
    (part): Part => (anchored && /^\*{2,}$/.test(part) ? undefined : nameMatcher(part)),
  )
  if (!parts) return undefined
  const [only = () => false] = parts
  return {
    negated,
    directoryOnly,
    matches(path, isDirectory) {
      if (directoryOnly && !isDirectory) return false
      const seen = ignoreCase ? path.toLowerCase() : path
      return anchored ? pathMatches(parts, seen.split('/')) : only(seen.slice(seen.lastIndexOf('/') + 1))
    },
  }
}

/** Trailing spaces go, unless a backslash stands before them. */
function withoutTrailingSpaces(line: string): string {
  let end = 0
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (line[at] === ' ') continue
    end = Math.min(at + 1, line.length)
  }
  return line.slice(0, end)
}

/** Between the slashes, but for those in a set or behind a backslash. Undefined where a set has no end. */
function partsOf(pattern: string): string[] | undefined {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++
    else if (pattern[at] === '[') {
      const set = parseSet(pattern, at + 1)
      if (!set) return undefined
      at = set.end
    } else if (pattern[at] === '/') {
      parts.push(pattern.slice(start, at))
      start = at + 1
    }
  }
  parts.push(pattern.slice(start))
  return parts
}

/** `**` stands for any number of parts, at the end for at least one. */
function pathMatches(pattern: readonly Part[], path: readonly string[]): boolean {
  return matchWithStars(
    pattern.length,
    path.length,
    (at) => pattern[at] === undefined,
    (at, place) => pattern[at]?.(path[place] ?? '') ?? false,
    pattern.at(-1) === undefined ? 1 : 0,
  )
}

type Token = '*' | ((character: string) => boolean)

function nameMatcher(pattern: string): (name: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern
  const tokens = tokensOf(pattern)
  if (!tokens) return () => false
  return (name) =>
    matchWithStars(
      tokens.length,
      name.length,
      (at) => tokens[at] === '*',
      (at, place) => {
        const token = tokens[at]
        return typeof token === 'function' && token(name[place] ?? '')
      },
      0,
    )
}

/**
 * Whether a pattern with stars takes all of a text. Where something fails, the last star alone takes one more: no
 * earlier one could help. `last`: how much a star at the very end takes at least.
 */
function matchWithStars(
  patternLength: number,
  textLength: number,
  isStar: (at: number) => boolean,
  fits: (at: number, place: number) => boolean,
  last: 0 | 1,
): boolean {
  let at = 0
  let star = -1
  let taken = 0
  for (let place = 0; place < textLength; ) {
    if (at < patternLength && isStar(at)) {
      if (at === patternLength - 1) return textLength - place >= last
      star = at
      taken = place
      at++
    } else if (at < patternLength && fits(at, place)) {
      at++
      place++
    } else if (star >= 0) {
      taken++
      place = taken
      at = star + 1
    } else {
      return false
    }
  }
  while (at < patternLength && isStar(at) && !(last === 1 && at === patternLength - 1)) at++
  return at === patternLength
}

/** Undefined where the pattern is broken, so that it matches nothing. */
function tokensOf(pattern: string): Token[] | undefined {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? ''
    if (character === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*')
    } else if (character === '?') {
      tokens.push(() => true)
    } else if (character === '[') {
      const set = parseSet(pattern, at + 1)
      if (!set) return undefined
      tokens.push(set.has)
      at = set.end
    } else {
      const literal = character === '\\' ? pattern[++at] : character
      if (literal === undefined) return undefined
      tokens.push((other) => other === literal)
    }
  }
  return tokens
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  digit: /[0-9]/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[A-Fa-f0-9]/,
}

/** `[a-z]`, `[!a]`, `[[:alpha:]]`, from behind the bracket on; `end` is the place of the closing one. */
function parseSet(
  pattern: string,
  start: number,
): { has: (character: string) => boolean; end: number } | undefined {
  const negated = pattern[start] === '!' || pattern[start] === '^'
  const tests: ((character: string) => boolean)[] = []
  let previous: string | undefined
  let at = negated ? start + 1 : start
  for (const first = at; at === first || pattern[at] !== ']'; at++) {
    let character = pattern[at]
    const next = pattern[at + 1]
    if (character === '-' && previous !== undefined && next !== undefined && next !== ']') {
      const from = previous
      at += next === '\\' ? 2 : 1
      const to = pattern[at]
      if (to === undefined) return undefined
      tests.push((other) => other >= from && other <= to)
      previous = undefined
      continue
    }
    const named = /^\[:([^\]]{0,20}):\]/.exec(pattern.slice(at, at + 30))
    if (named) {
      const known = Object.hasOwn(CLASSES, named[1] ?? '') ? CLASSES[named[1] ?? ''] : undefined
      if (!known) return undefined
      tests.push((other) => known.test(other))
      at += named[0].length - 1
      previous = undefined
      continue
    }
    if (character === '\\') character = pattern[++at]
    if (character === undefined) return undefined
    const literal = character
    tests.push((other) => other === literal)
    previous = literal
  }
  return { has: (other) => tests.some((test) => test(other)) !== negated, end: at }
}
