/** Characters of a source's name, at most. */
const LONGEST = 40

/** Short and safe, in a query (`in:name`), a folder's name and a message to a model alike. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u

/** Whether people may call a source so: letters, digits, `.`, `_`, `-`, the first a letter or digit, 40 at most. */
export function isSourceName(name: string): boolean {
  return name.length <= LONGEST && NAME.test(name)
}

/**
 * Names for the sources that have none, each its own: the last part of its place, where that is taken with the part
 * before, and then a number. None of `alsoTaken`.
 */
export function nameSources<T extends { readonly name?: string | undefined; readonly place: string }>(
  sources: readonly T[],
  alsoTaken: readonly string[],
): (T & { readonly name: string })[] {
  const taken = new Set([...alsoTaken, ...sources.flatMap(({ name }) => name ?? [])])
  const wished = sources.map(({ place }) => wishes(place))
  const firstWishes = wished.map(([first]) => first)
  return sources.map((source, index) => {
    const [first = '', ...others] = wished[index] ?? []
    // Two of the same name: neither gets it, so that neither's depends on the order.
    const unique = firstWishes.indexOf(first) === firstWishes.lastIndexOf(first)
    const name = source.name ?? firstFree([...(unique ? [first] : []), ...others], taken)
    taken.add(name)
    return { ...source, name }
  })
}

function wishes(place: string): string[] {
  const parts = place
    .replace(/^[a-z]+:\/\//i, '')
    .split(/[\\/]/)
    .map(safe)
    .filter((part) => part !== '')
  const last = parts.at(-1) ?? 'corpus'
  const before = parts.at(-2)
  return [last, before === undefined ? `${last}-1` : safe(`${before}-${last}`)]
}

function safe(part: string): string {
  const name = part
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
  // A cut never leaves half a character.
  return Array.from(name)
    .slice(0, LONGEST / 2)
    .join('')
    .replace(/-+$/, '')
}

function firstFree(wished: readonly string[], taken: ReadonlySet<string>): string {
  const [free] = wished.filter((name) => !taken.has(name))
  if (free !== undefined) return free
  const last = wished.at(-1) ?? 'corpus'
  for (let number = 2; ; number++) {
    const name = `${last.slice(0, LONGEST - 8)}-${number}`
    if (!taken.has(name)) return name
  }
}
