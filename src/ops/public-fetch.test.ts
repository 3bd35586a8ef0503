import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, setGlobalProxyFromEnv } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { type PublicAnswer, PublicFetchFault, type PublicFetchOptions, publicFetch } from './public-fetch.ts'

const LOOPBACK = '127.0.0.1'
const PEM = readFileSync(new URL('../../test/data/tls-of-tests.pem', import.meta.url), 'utf8')

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve))
  t.after(() => {
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function') {
      server.closeAllConnections()
    }
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A server on this machine that stands for one of the internet: `ask` lets its address through, and nothing else. */
async function site(t: TestContext, answer: RequestListener) {
  let connections = 0
  const server = createServer(answer)
  server.on('connection', () => {
    connections += 1
  })
  const port = await listening(t, server)
  const asked: string[] = []
  const opened: Required<
    Pick<PublicFetchOptions, 'allowHttp' | 'ports' | 'unsafeAllowAddresses' | 'resolve'>
  > = {
    allowHttp: true,
    ports: [port],
    unsafeAllowAddresses: [LOOPBACK],
    resolve: async (name) => {
      asked.push(name)
      return [LOOPBACK]
    },
  }
  return {
    port,
    asked,
    opened,
    connections: () => connections,
    ask: (path: string, options: Partial<PublicFetchOptions> = {}) =>
      publicFetch(`http://docs.example:${port}${path}`, { maxBytes: 10_000, ...opened, ...options }),
  }
}

function answered(result: PublicAnswer | PublicFetchFault): PublicAnswer {
  if (result instanceof PublicFetchFault) assert.fail(`${result.kind}: ${result.reason}`)
  return result
}

function refused(result: PublicAnswer | PublicFetchFault): string {
  assert.ok(result instanceof PublicFetchFault, 'was answered')
  return result.kind
}

const textOf = ({ body }: PublicAnswer) => Buffer.from(body).toString()

test('an answer is status, headers and body; the request carries our name and no cookie', async (t) => {
  const seen: Record<string, unknown>[] = []
  const { ask, port } = await site(t, (request, response) => {
    seen.push(request.headers)
    response.setHeader('Content-Type', 'Text/Plain; charset=utf-8').setHeader('Set-Cookie', 'a=b').end('tea')
  })
  const answer = answered(await ask('/a', { mediaTypes: ['text/plain'] }))
  await ask('/b', { etag: '"x"', last_modified: 'Wed, 21 Oct 2015 07:28:00 GMT', accept: 'text/plain' })
  assert.equal(textOf(answer), 'tea')
  assert.equal(answer.status, 200)
  assert.equal(answer.url, `http://docs.example:${port}/a`)
  const [first, second] = seen
  assert.equal(first?.host, `docs.example:${port}`)
  assert.match(String(first?.['user-agent']), /^CorpusIQ\/\d/)
  assert.equal(first?.cookie ?? first?.authorization ?? first?.['if-none-match'], undefined)
  assert.equal(second?.cookie, undefined)
  assert.equal(second?.['if-none-match'], '"x"')
  assert.equal(second?.['if-modified-since'], 'Wed, 21 Oct 2015 07:28:00 GMT')
  assert.equal(second?.accept, 'text/plain')
})

test('another status is an answer, without its body', async (t) => {
  const { ask } = await site(t, (request, response) => {
    response.writeHead(Number(request.url?.slice(1)), { 'Retry-After': '7' }).end()
  })
  for (const status of [304, 404, 410, 429, 503]) {
    const answer = answered(await ask(`/${status}`, { mediaTypes: ['text/html'] }))
    assert.deepEqual([answer.status, answer.headers['retry-after'], answer.body.length], [status, '7', 0])
  }
})

for (const url of [
  'http://127.0.0.1:PORT/',
  'http://[::1]:PORT/',
  'http://0.0.0.0:PORT/',
  'http://[::]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f.1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://localhost:PORT/',
  'http://localhost.:PORT/',
  'http://LOCALHOST:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
]) {
  test(`A-140 ${url} is refused without a connection`, async (t) => {
    const { opened, port, connections } = await site(t, (_request, response) => response.end('inside'))
    const { allowHttp, ports } = opened
    const options = { maxBytes: 100, allowHttp, ports, resolve: async () => [LOOPBACK] }
    assert.equal(refused(await publicFetch(url.replace('PORT', String(port)), options)), 'not-public')
    assert.equal(connections(), 0)
  })
}

test('A-140 a name that resolves to addresses inside is refused, one that has a public one too goes there', async (t) => {
  const { ask, connections } = await site(t, (_request, response) => response.end('inside'))
  const inside = ['10.0.0.1', '169.254.169.254', 'fd00:ec2::254', '::ffff:10.0.0.1', '64:ff9b::a00:1']
  assert.equal(refused(await ask('/', { resolve: async () => inside })), 'not-public')
  assert.equal(refused(await ask('/', { resolve: async () => [] })), 'not-public')
  assert.equal(connections(), 0)
  const both = ask('/', { resolve: async () => ['10.0.0.1', LOOPBACK] })
  assert.equal(textOf(answered(await both)), 'inside')
})

test('A-140 a refusal says nothing of ports: it comes before any connection', async () => {
  const options = { maxBytes: 100, allowHttp: true, ports: [1], resolve: async () => [LOOPBACK] }
  assert.equal(refused(await publicFetch('http://inside.example:1/', options)), 'not-public')
})

test('A-141 the name is resolved once, and the connection goes to the address that was checked', async (t) => {
  let resolved = 0
  const { ask, connections } = await site(t, (_request, response) => response.end('once'))
  // Public at the check, inside ever after.
  const resolve = async () => (resolved++ === 0 ? [LOOPBACK] : ['10.0.0.1'])
  assert.equal(textOf(answered(await ask('/', { resolve }))), 'once')
  assert.equal(resolved, 1)
  assert.equal(connections(), 1)
})

test('A-141 a redirect is a new question: the name is checked again', async (t) => {
  const { ask, connections } = await site(t, (_request, response) => {
    response.writeHead(302, { Location: '/again' }).end()
  })
  let resolved = 0
  const resolve = async () => (resolved++ === 0 ? [LOOPBACK] : ['10.0.0.1'])
  assert.equal(refused(await ask('/', { resolve, redirects: 5 })), 'not-public')
  assert.equal(connections(), 1)
})

test('A-142 redirects are not followed unless the caller asks', async (t) => {
  const { ask, connections } = await site(t, (_request, response) => {
    response.writeHead(302, { Location: '/elsewhere' }).end()
  })
  assert.equal(refused(await ask('/')), 'redirect')
  assert.equal(connections(), 1)
})

test('redirects are followed by hand, to five, relative ones too, and the last URL is told', async (t) => {
  const { ask, port } = await site(t, (request, response) => {
    const step = Number(request.url?.slice(1))
    if (step === 0) response.end('there')
    else response.writeHead([301, 302, 303, 307, 308][step % 5] ?? 0, { Location: `/${step - 1}#part` }).end()
  })
  const answer = answered(await ask('/5', { redirects: 5 }))
  assert.equal(textOf(answer), 'there')
  assert.equal(answer.url, `http://docs.example:${port}/0`)
  assert.equal(refused(await ask('/6', { redirects: 5 })), 'redirect')
  assert.equal(refused(await ask('/6', { redirects: 100 })), 'redirect')
  assert.equal(refused(await ask('/2', { redirects: 1 })), 'redirect')
})

for (const [location, kind] of [
  ['http://169.254.169.254/latest/meta-data/', 'not-public'],
  ['http://[::ffff:a9fe:a9fe]/', 'not-public'],
  ['http://127.0.0.1:22/', 'url'],
  ['http://user:secret@docs.example/', 'url'],
  ['file:///etc/passwd', 'url'],
  ['ftp://docs.example/', 'url'],
  ['data:text/plain,a', 'url'],
  ['http://', 'url'],
] as const) {
  test(`A-140 a redirect to ${location} is refused`, async (t) => {
    const { ask, connections } = await site(t, (_request, response) => {
      response.writeHead(302, { Location: location }).end()
    })
    assert.equal(refused(await ask('/', { redirects: 5, unsafeAllowAddresses: [LOOPBACK] })), kind)
    assert.equal(connections(), 1)
  })
}

test('the caller may say where a redirect leads', async (t) => {
  const { ask, port, asked } = await site(t, (request, response) => {
    const there = request.url === '/' ? `http://other.example:${port}/there` : undefined
    response.writeHead(there ? 301 : 200, there ? { Location: there } : {}).end('x')
  })
  const stay = { redirects: 5, mayFollow: (to: URL) => to.hostname === 'docs.example' }
  assert.equal(refused(await ask('/', stay)), 'redirect')
  assert.deepEqual(asked, ['docs.example'])
  assert.equal(textOf(answered(await ask('/', { redirects: 5, mayFollow: () => true }))), 'x')
})

test('https alone, ports 443 and 80 alone, no user and no password, unless the caller lets them through', async () => {
  const resolve = async () => ['10.0.0.1']
  const kind = async (url: string, options: Partial<PublicFetchOptions> = {}) =>
    refused(await publicFetch(url, { maxBytes: 1, resolve, ...options }))
  assert.equal(await kind('http://docs.example/'), 'url')
  assert.equal(await kind('https://docs.example/'), 'not-public')
  assert.equal(await kind('http://docs.example/', { allowHttp: true }), 'not-public')
  assert.equal(await kind('https://docs.example:22/'), 'url')
  assert.equal(await kind('https://docs.example:8443/'), 'url')
  assert.equal(await kind('https://docs.example:8443/', { ports: [8443] }), 'not-public')
  assert.equal(await kind('https://user@docs.example/'), 'url')
  assert.equal(await kind('https://:secret@docs.example/'), 'url')
  for (const url of ['', 'docs.example', '/etc/passwd', 'file:///etc/passwd', 'gopher://docs.example/']) {
    assert.equal(await kind(url, { allowHttp: true }), 'url', url)
  }
})

test('a name that cannot be resolved is a value', async () => {
  const resolve = async () => {
    throw new Error('ENOTFOUND')
  }
  assert.equal(refused(await publicFetch('https://nowhere.example/', { maxBytes: 1, resolve })), 'unresolved')
})

test('A-143 a body is let go where it passes the limit, announced or not', async (t) => {
  let written = 0
  const { ask } = await site(t, (request, response) => {
    if (request.url === '/announced') {
      response.writeHead(200, { 'Content-Length': 1_000_000_000 }).write('a')
      return
    }
    // For ever, until the connection ends.
    const more = setInterval(() => {
      written += 65_536
      response.write(Buffer.alloc(65_536))
    }, 1)
    response.on('close', () => clearInterval(more))
  })
  assert.equal(refused(await ask('/announced')), 'size')
  assert.equal(refused(await ask('/endless')), 'size')
  assert.ok(written < 100_000_000, `${written} bytes were written`)
})

test('A-143 the limit is of whole bytes: a body as large as it passes, one byte more does not', async (t) => {
  const { ask } = await site(t, (request, response) => {
    const body = Buffer.alloc(Number(request.url?.slice(1)), 'a')
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(body))
  })
  assert.equal(answered(await ask('/10000')).body.length, 10_000)
  assert.equal(refused(await ask('/10001')), 'size')
})

for (const [encoding, compress] of [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
] as const) {
  test(`A-143 a ${encoding} bomb is let go before it has unfolded`, async (t) => {
    const bomb = compress(Buffer.alloc(16 * 1024 * 1024))
    assert.ok(bomb.length < 100_000)
    const { ask } = await site(t, (request, response) => {
      response.writeHead(200, { 'Content-Encoding': encoding })
      response.end(request.url === '/bomb' ? bomb : compress(Buffer.from('tea')))
    })
    assert.equal(textOf(answered(await ask('/tea'))), 'tea')
    assert.equal(refused(await ask('/bomb', { maxBytes: 100_000 })), 'size')
  })
}

test('A-143 an encoding that we did not ask for, or that the bytes are not of, is refused', async (t) => {
  const { ask } = await site(t, (request, response) => {
    response
      .writeHead(200, { 'Content-Encoding': decodeURIComponent(request.url?.slice(1) ?? '') })
      .end('tea')
  })
  for (const encoding of ['gzip', 'br', 'compress', 'gzip, gzip', 'constructor']) {
    assert.equal(refused(await ask(`/${encodeURIComponent(encoding)}`)), 'encoding', encoding)
  }
  assert.equal(textOf(answered(await ask('/identity'))), 'tea')
})

test('A-143 the wrong type is refused before the body is read', async (t) => {
  const { ask } = await site(t, (request, response) => {
    if (request.url !== '/none') response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end('x'.repeat(20_000))
  })
  assert.equal(refused(await ask('/', { mediaTypes: ['application/json'] })), 'media-type')
  assert.equal(refused(await ask('/none', { mediaTypes: ['application/json'] })), 'media-type')
})

test('A-143 a drip of headers or of a body, and silence, end with the patience for them', async (t) => {
  const { ask, connections } = await site(t, (request, response) => {
    if (request.url === '/silence') return
    if (request.url === '/body') response.write('a')
    const drip = setInterval(() => {
      if (response.destroyed) clearInterval(drip)
      else if (request.url === '/body') response.write('a')
      else response.socket?.write('HTTP/1.1 103 Early Hints\r\n\r\n')
    }, 20)
  })
  const long = 600_000
  for (const path of ['/silence', '/headers']) {
    const patience = { connect: long, headers: 200, all: long }
    assert.equal(refused(await ask(path, { patience })), 'time', path)
  }
  assert.equal(refused(await ask('/body', { patience: { connect: long, headers: long, all: 200 } })), 'time')
  assert.equal(connections(), 3)
})

test('A-143 a host that takes connections and never gets to TLS is not waited for', async (t) => {
  const port = await listening(t, createTcpServer())
  const options = { ports: [port], unsafeAllowAddresses: [LOOPBACK], resolve: async () => [LOOPBACK] }
  const patience = { connect: 100, headers: 600_000, all: 600_000 }
  const asking = publicFetch(`https://docs.example:${port}/`, { maxBytes: 1, ...options, patience })
  assert.equal(refused(await asking), 'time')
})

test('the patience for the connection ends with the connection', async (t) => {
  const { ask } = await site(t, (_request, response) => {
    setTimeout(() => response.end('late'), 3_000)
  })
  const patience = { connect: 2_500, headers: 600_000, all: 600_000 }
  assert.equal(textOf(answered(await ask('/', { patience }))), 'late')
})

test('A-143 a resolver that never answers is not waited for beyond the patience for everything', async () => {
  const resolve = () => new Promise<string[]>(() => {})
  const patience = { connect: 50, headers: 50, all: 50 }
  assert.equal(
    refused(await publicFetch('https://docs.example/', { maxBytes: 1, resolve, patience })),
    'time',
  )
})

test('A-143 headers beyond 16 KB are refused', async (t) => {
  const { ask } = await site(t, (_request, response) => {
    response.setHeader('X-Long', 'a'.repeat(20_000)).end('x')
  })
  assert.equal(refused(await ask('/')), 'connection')
})

test('a connection that is refused or breaks off is a value', async (t) => {
  const { ask } = await site(t, (request, response) => {
    if (request.url === '/') response.destroy()
    else
      response
        .writeHead(200, { 'Content-Length': 10, 'Content-Encoding': 'identity' })
        .write('abc', () => response.destroy())
  })
  assert.equal(refused(await ask('/')), 'connection')
  assert.equal(refused(await ask('/half')), 'connection')
})

test('a caller that no longer waits is answered at once', async (t) => {
  const { ask, connections } = await site(t, () => {})
  const gone = new AbortController()
  const asking = ask('/', { signal: gone.signal })
  setImmediate(() => gone.abort())
  assert.equal(refused(await asking), 'aborted')
  const before = connections()
  assert.equal(refused(await ask('/', { signal: gone.signal })), 'aborted')
  assert.equal(connections(), before)
})

test('the certificate is checked against the name, over the address that was pinned', async (t) => {
  const server = createTlsServer({ key: PEM, cert: PEM }, (_request, response) => response.end('sealed'))
  const port = await listening(t, server)
  const ask = (host: string, certificateAuthority?: string) =>
    publicFetch(`https://${host}:${port}/`, {
      maxBytes: 100,
      ports: [port],
      unsafeAllowAddresses: [LOOPBACK],
      resolve: async () => [LOOPBACK],
      ...(certificateAuthority ? { certificateAuthority } : {}),
    })
  assert.equal(textOf(answered(await ask('docs.example', PEM))), 'sealed')
  assert.equal(refused(await ask('elsewhere.example', PEM)), 'connection')
  assert.equal(refused(await ask('docs.example')), 'connection')
})

test('a proxy of the environment is never gone through', async (t) => {
  const { ask } = await site(t, (_request, response) => response.end('straight'))
  let proxied = 0
  const proxy = createServer((_request, response) => {
    proxied += 1
    response.end('proxied')
  })
  const proxyUrl = `http://${LOOPBACK}:${await listening(t, proxy)}`
  t.after(setGlobalProxyFromEnv({ http_proxy: proxyUrl, https_proxy: proxyUrl }))
  assert.equal(textOf(answered(await ask('/'))), 'straight')
  assert.equal(proxied, 0)
})
