import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemberFault } from './member-fault.ts'
import { isLoopbackHost, parseUri } from './uri.ts'

test('a URI is known by its scheme and, on the web, by its host as it was written', () => {
  for (const [text, scheme, host] of [
    ['https://C.example:8443/a?b#c', 'https', 'C.example'],
    ['HTTP://[::1]:1/', 'http', '[::1]'],
    ['https://*.example', 'https', '*.example'],
    ['https://c_1-x.example:12345', 'https', 'c_1-x.example'],
    ['cursor://x.y/cb', 'cursor', ''],
    ['com.example.app+x-1:/cb', 'com.example.app+x-1', ''],
    ['https://c.example/%2e%AF', 'https', 'c.example'],
    ["https://c.example/-._~:/?#[]@!$&'()*+,;=", 'https', 'c.example'],
  ] as const) {
    assert.deepEqual(parseUri(text), { scheme, host }, text)
  }
})

test('what RFC 3986 and browsers read differently is refused, with a sentence of its own', () => {
  const space = 'must not contain spaces or control characters'
  const other = 'must be a URI (RFC 3986): other characters have to be percent-encoded'
  const relative = 'must be an absolute URI, with a scheme'
  for (const [text, sentence] of [
    ['https://c.example/ ', space],
    ['\0https://c.example/', space],
    ['https://c.example/\x7f', space],
    ['https://c.example\\@d.example', 'must not contain a backslash'],
    ['https://c.example/é', other],
    ['https://c.example/%2', other],
    ['https://c.example/%zz', other],
    ['https://c.example/"', other],
    ['', relative],
    ['/cb', relative],
    ['1a://x', relative],
    ['//x:y', relative],
    ['https://a@c.example/', 'must not contain user information (the part before @)'],
    ['cursor://a:b@c/', 'must not contain user information (the part before @)'],
    ['https://c.example:99999/', 'is not a URI that a browser could follow'],
    ['https:c.example', 'must have a host after https://'],
    ['http:///c.example', 'must have a host after http://'],
    ['https://c.example:/', 'has no valid host and port'],
    ['https://c%2e.example/', 'has no valid host and port'],
    ['https://[::1]x/', 'is not a URI that a browser could follow'],
  ] as const) {
    const fault = parseUri(text)
    assert.ok(fault instanceof MemberFault, text)
    assert.equal(fault.text, sentence, text)
  }
})

test('RFC 8252 §7.3 the loopback addresses, and the name for them', () => {
  for (const host of ['127.0.0.1', '[::1]', 'localhost', 'LocalHost']) assert.ok(isLoopbackHost(host), host)
  for (const host of ['', '127.0.0.2', '::1', 'localhost.example', '127.0.0.1.example']) {
    assert.ok(!isLoopbackHost(host), host)
  }
})

test('RFC 3986 §3.2 an authority stands right after the scheme, and nowhere else', () => {
  assert.deepEqual(parseUri('com.example.app:/path//user@host'), { scheme: 'com.example.app', host: '' })
})
