/**
 * `floor-sdk2`: what an MCP call costs with the official SDK v2, a fresh `McpServer` with our two tools each request,
 * and a token that was verified before. Everything else is bare.
 */
import { createServer } from 'node:http'
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server'

const port = Number(process.argv[2])
const verified = new Map<string, unknown>()
const query = fromJsonSchema<{ query: string; limit?: number }>({
  type: 'object',
  properties: { query: { type: 'string' }, limit: { type: 'integer', minimum: 1, maximum: 50 } },
  required: ['query'],
})
const identifier = fromJsonSchema<{ id: string }>({
  type: 'object',
  properties: { id: { type: 'string' } },
  required: ['id'],
})
const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }
const nothing = { content: [{ type: 'text' as const, text: '{}' }] }

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'floor', version: '1.0.0' }, { instructions: 'x'.repeat(400) })
  server.registerTool(
    'search',
    { title: 'Search', description: 'x'.repeat(400), inputSchema: query, annotations },
    async () => nothing,
  )
  server.registerTool(
    'fetch',
    { title: 'Fetch', description: 'x'.repeat(400), inputSchema: identifier, annotations },
    async () => nothing,
  )
  return server
})

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', async () => {
    if (request.method !== 'POST' || request.url !== '/mcp') {
      answerFixed(request.url ?? '', response)
      return
    }
    const token = request.headers.authorization ?? ''
    if (!verified.has(token)) verified.set(token, {})
    const body = Buffer.concat(chunks)
    const headers = new Headers()
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string') headers.set(name, value)
    const answer = await handler.fetch(
      new Request(`http://127.0.0.1:${port}/mcp`, { method: 'POST', headers, body }),
      { parsedBody: JSON.parse(body.toString()) as unknown },
    )
    const text = await answer.text()
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
  })
})

/** The benchmark's preparation asks every floor for a client and tokens. */
function answerFixed(path: string, response: import('node:http').ServerResponse): void {
  if (path.startsWith('/authorize')) {
    response.writeHead(302, { location: 'https://client.example.com/callback?code=x' }).end()
    return
  }
  const body = JSON.stringify({ client_id: 'x', client_secret: 'x', access_token: 'x', refresh_token: 'x' })
  response.writeHead(path === '/register' ? 201 : 200, { 'content-type': 'application/json' }).end(body)
}

server.listen(port, '127.0.0.1', () => console.log('ready'))
