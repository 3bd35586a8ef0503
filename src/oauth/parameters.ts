/**
 * Parameters of a query or form (`application/x-www-form-urlencoded`), with what the rules of repetition need.
 * RFC 6749 §3.1: "Request and response parameters MUST NOT be included more than once", and "Parameters sent without
 * a value MUST be treated as if they were omitted from the request."
 */
export type Parameters = {
  /** The value; undefined where absent or empty. For a repeated parameter, the first one. */
  get(name: string): string | undefined
  /** Every non-empty value, in order (`resource` may be repeated, RFC 8707 §2). */
  all(name: string): readonly string[]
  /** Names that occur more than once. */
  readonly repeated: readonly string[]
}

/** Parses raw text, at most 100 parameters of it; undefined where there are more. Never throws. */
export function parseParameters(raw: string): Parameters | undefined {
  const values = new Map<string, string[]>()
  const repeated = new Set<string>()
  let count = 0
  for (const [name, value] of new URLSearchParams(raw)) {
    if (++count > 100) return undefined
    const earlier = values.get(name)
    if (earlier) {
      repeated.add(name)
      if (value !== '') earlier.push(value)
    } else {
      values.set(name, value === '' ? [] : [value])
    }
  }
  return {
    get: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
    repeated: [...repeated],
  }
}
