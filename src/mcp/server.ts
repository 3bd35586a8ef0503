import type { Corpus } from '../corpus/corpus.ts'
import type { Settings } from '../ops/settings.ts'
import type { Handler, Route } from '../web/handler.ts'
import { createCapabilityServer } from './capability-server.ts'
import { createDispatch } from './dispatch.ts'
import { type Guard, insufficientScope } from './guard.ts'
import { readMessage, rpcError } from './message.ts'
import { requiredScopes } from './required-scopes.ts'

export type McpDependencies = { settings: Settings; corpus: Corpus; guard: Guard }

/**
 * The MCP endpoint, `/mcp` and `/mcp/` alike: admitted by the guard, read once, judged message by message, and only
 * then handed to the protocol. A bug is thrown on to the edge, which logs it and answers for it.
 */
export function mcpRoutes({ settings, corpus, guard }: McpDependencies): Route[] {
  const faults = new WeakMap<Request, { fault: unknown }>()
  const reach = { corpus, documentUrl: (id: string) => `${settings.resourceUrl}/documents/${id}` }
  const dispatch = createDispatch((request) =>
    createCapabilityServer(reach, (fault) => faults.set(request, { fault })),
  )

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

    const response = await dispatch(request, read.message)
    const failed = faults.get(request)
    if (failed) throw failed.fault
    return response
  }
  return ['/mcp', '/mcp/'].map((path) => ({ method: '*', path, surface: 'resource', handler }))
}
