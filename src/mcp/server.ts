import type { Corpus } from '../corpus/corpus.ts'
import { madeOnce } from '../ops/made-once.ts'
import type { Settings } from '../ops/settings.ts'
import type { Handler, Route } from '../web/handler.ts'
import { documentUrl } from './document-url.ts'
import { type Guard, insufficientScope } from './guard.ts'
import { readMessage, rpcError } from './message.ts'
import { requiredScopes } from './required-scopes.ts'

export type McpDependencies = {
  settings: Pick<Settings, 'resourceUrl'>
  corpus: Corpus
  guard: Guard
}

/**
 * The MCP endpoint, `/mcp` and `/mcp/` alike: admitted by the guard, read once, judged message by message, and only
 * then handed to the protocol. A bug is thrown on to the edge, which logs it and answers for it.
 */
export function mcpRoutes({ settings, corpus, guard }: McpDependencies): Route[] {
  const pageOf = (id: string, passage?: number) => documentUrl(settings.resourceUrl, id, passage)
  const reach = { corpus, documentUrl: pageOf }
  // The SDK and its schemas are a third of the program and of its memory: loaded for the first client that comes in.
  const protocol = madeOnce(async () => (await import('./protocol.ts')).createProtocol(reach))

  const handler: Handler = async (request, context) => {
    const claims = await guard(request, context)
    if (claims instanceof Response) return claims
    // Stateless: no stream to open by GET, no session to end by DELETE.
    if (request.method !== 'POST') return rpcError(405, -32000, 'Method not allowed.', { allow: 'POST' })
    const read = await readMessage(request)
    if (read instanceof Response) return read

    const granted = claims.scope.split(' ')
    const missing = [...requiredScopes(read.message)].filter((scope) => !granted.includes(scope))
    if (missing.length > 0) return insufficientScope(settings, granted, missing)

    return (await protocol())(request, read.message)
  }
  return ['/mcp', '/mcp/'].map((path) => ({ method: '*', path, surface: 'resource', handler }))
}
