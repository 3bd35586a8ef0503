import { TOOLS } from './tools/index.ts'
import type { Scope } from './tools/tool.ts'

/** Methods that show documents by another door than a tool need what `fetch` needs. */
const METHOD_SCOPES: ReadonlyMap<unknown, Scope> = new Map([
  ['resources/list', 'corpus:read'],
  ['resources/read', 'corpus:read'],
])

/**
 * The scopes that a JSON-RPC message needs, or each message of a batch. Malformed messages, unknown methods and unknown
 * tools need none: the protocol refuses them by itself.
 */
export function requiredScopes(message: unknown): Set<Scope> {
  const messages = Array.isArray(message) ? message : [message]
  return new Set(messages.map(scopeOf).filter((scope) => scope !== undefined))
}

function scopeOf(message: unknown): Scope | undefined {
  if (!isObject(message)) return undefined
  if (message.method !== 'tools/call') return METHOD_SCOPES.get(message.method)
  const params = message.params
  return isObject(params) && typeof params.name === 'string' ? TOOLS.get(params.name)?.scope : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
