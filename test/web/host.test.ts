import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Handler } from '../../src/web/handler.ts'
import { edgeUnderTest } from './edge-under-test.ts'

const reached: Handler = () => new Response('reached')
const ROUTES = (['/login', '/mcp', '/token'] as const).map((path) => ({
  method: '*' as const,
  path,
  surface: path === '/login' ? ('browser' as const) : ('api' as const),
  handler: reached,
}))

function withHost(host: string, path = '/login') {
  return new Request(`http://127.0.0.1:8787${path}`, { headers: { host } })
}

test('A-148 a foreign Host reaches no page, no endpoint and no metadata: 421', async () => {
  const { edge } = edgeUnderTest({}, ROUTES)
  for (const path of [
    '/',
    '/login',
    '/mcp',
    '/token',
    '/.well-known/oauth-authorization-server',
    '/nowhere',
  ]) {
    const response = await edge.fetch(withHost('evil.example', path), { address: '127.0.0.1' })
    assert.equal(response.status, 421, path)
    assert.doesNotMatch(await response.text(), /reached|registration_endpoint/)
    assert.equal(response.headers.get('access-control-allow-origin'), null)
  }
  for (const host of ['notes.example.com', 'localhost:1', '127.0.0.1', '[::1]:8787']) {
    const response = await edge.fetch(withHost(host), { address: '127.0.0.1' })
    assert.equal(await response.text(), 'reached', host)
  }
})

test('A-148 the 421 page says which setting is missing, for the host that was asked', async () => {
  const { edge } = edgeUnderTest({ resourceUrl: 'http://127.0.0.1:8787' })
  const response = await edge.fetch(withHost('quiet-river.trycloudflare.com'), { address: '127.0.0.1' })
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
  assert.match(
    await response.text(),
    /CORPUSIQ_OAUTH_RESOURCE_URL=https:\/\/quiet-river\.trycloudflare\.com</,
  )
})

test('the page for a foreign host has its looks: the stylesheet alone is served to any host', async () => {
  const { edge } = edgeUnderTest()
  const ask = (path: string) => edge.fetch(withHost('evil.example', path), { address: '127.0.0.1' })
  assert.equal((await ask('/assets/style.css')).status, 200)
  for (const path of ['/assets/style.css/', '/assets/', '/favicon.ico']) {
    assert.equal((await ask(path)).status, 421, path)
  }
})

test('A-086 A-148 a Host of markup is shown as text', async () => {
  const { edge } = edgeUnderTest()
  const response = await edge.fetch(new Request('http://127.0.0.1/'), {
    address: '127.0.0.1',
    host: '"><script>alert(1)</script>',
  })
  assert.equal(response.status, 421)
  assert.doesNotMatch(await response.text(), /<script/)
})

test('a refused host is told once', async () => {
  const { edge, events } = edgeUnderTest()
  for (let n = 0; n < 3; n++) await edge.fetch(withHost('a.example'), { address: '127.0.0.1' })
  await edge.fetch(withHost('b.example'), { address: '127.0.0.1' })
  assert.deepEqual(events, [
    { type: 'host.refused', host: 'a.example', expected: 'https://notes.example.com' },
    { type: 'host.refused', host: 'b.example', expected: 'https://notes.example.com' },
  ])
})

test('A-056 RFC 9112 §3.2.2 the absolute form’s host counts, not the Host header', async () => {
  const { edge } = edgeUnderTest({}, ROUTES)
  const request = () => new Request('http://127.0.0.1/login')
  const foreign = { address: '127.0.0.1', host: 'notes.example.com', target: 'http://evil.example/login' }
  assert.equal((await edge.fetch(request(), foreign)).status, 421)
  const ours = { address: '127.0.0.1', host: 'evil.example', target: 'http://notes.example.com/login' }
  assert.equal((await edge.fetch(request(), ours)).status, 200)
})
