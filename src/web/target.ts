/** A request target taken apart (RFC 9112 §3.2): nothing decoded, nothing tidied up. */
export type Target = {
  /** The `host[:port]` of the absolute form, which then counts instead of the Host header; else undefined. */
  readonly authority: string | undefined
  readonly path: string
  /** Without its question mark; empty where there is none. */
  readonly query: string
}

/** `target`: as in the request line, `/path?query` or `http://host/path?query`. */
export function parseTarget(target: string): Target {
  if (target.startsWith('/')) return split(undefined, target)
  const authority = /^https?:\/\/([^/?#]*)/i.exec(target)
  if (!authority) return { authority: undefined, path: target, query: '' }
  const rest = target.slice(authority[0].length)
  return split(authority[1], rest.startsWith('/') ? rest : `/${rest}`)
}

function split(authority: string | undefined, target: string): Target {
  const question = target.indexOf('?')
  return question < 0
    ? { authority, path: target, query: '' }
    : { authority, path: target.slice(0, question), query: target.slice(question + 1) }
}
