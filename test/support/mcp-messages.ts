import type { Site } from './site.ts'

/** What the transport wants the client to accept. */
export const ACCEPT = 'application/json, text/event-stream'

/** POST to `/mcp` with a body as it is. */
export function postMcp(
  site: Site,
  token: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return site.fetch(
    new Request(`${site.url}/mcp`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        accept: ACCEPT,
        authorization: `Bearer ${token}`,
        ...headers,
      },
    }),
  )
}

export const message = (method: string, params: unknown = {}, id: unknown = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})
export const LIST = JSON.stringify(message('tools/list'))
export const SEARCH = message('tools/call', { name: 'search', arguments: { query: 'tea' } }, 's')
export const FETCH = message('tools/call', { name: 'fetch', arguments: { id: 'doc_tea' } }, 'f')
export const READ = message('resources/read', { uri: 'corpusiq://documents/doc_tea' }, 'r')
