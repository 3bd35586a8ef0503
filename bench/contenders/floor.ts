/**
 * `floor`: bare node:http with fixed answers. What no server in this language can undercut.
 */
import { createServer } from 'node:http'

const metadata = JSON.stringify({ registration_endpoint: 'x'.repeat(1200) })
const registered = JSON.stringify({
  client_id: 'x'.repeat(40),
  client_secret: 'x'.repeat(60),
  filler: 'x'.repeat(400),
})
const tokens = JSON.stringify({
  access_token: 'x'.repeat(500),
  refresh_token: 'x'.repeat(60),
  token_type: 'Bearer',
})
const tools = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  result: { tools: [{ name: 'search', filler: 'x'.repeat(2000) }] },
})
const active = '{"active":true}'

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const path = request.url ?? ''
    if (path.startsWith('/authorize')) {
      response.writeHead(302, { location: 'https://client.example.com/callback?code=x&state=bench' }).end()
      return
    }
    const status = path === '/register' ? 201 : 200
    const body =
      path === '/register'
        ? registered
        : path === '/token'
          ? tokens
          : path === '/mcp'
            ? tools
            : path === '/introspect'
              ? active
              : metadata
    response
      .writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
      .end(body)
  })
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))
