import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemberFault } from './member-fault.ts'
import { matchRedirectUri, parseRedirectUri, REDIRECT_URI_LENGTH, redirectHost } from './redirect-uri.ts'

function refused(uri: string, why?: RegExp): void {
  const fault = parseRedirectUri(uri)
  assert.ok(fault instanceof MemberFault, `accepted: ${JSON.stringify(uri)}`)
  assert.equal(fault.error, 'invalid_redirect_uri')
  if (why) assert.match(fault.text, why)
}

const GOOD = [
  'https://example.com/callback',
  'https://example.com',
  'https://example.com/',
  'https://example.com:8443/cb?x=1&y=%20',
  'https://sub_domain.example.com/oauth/clients/mcp:corpus/callback',
  'https://xn--bcher-kva.example/cb',
  'https://[2001:db8::1]/cb',
  'https://192.0.2.1/cb',
  'https://raycast.com/redirect?packageName=Extension',
  'HTTPS://Example.com/cb',
  //
  'http://127.0.0.1:1234/cb',
  'http://[::1]:1234/cb',
  'http://localhost/cb',
  'http://LOCALHOST:3000/cb',
  'http://127.0.0.1',
  //
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'vscode://saoudrizwan.claude-dev/mcp-auth/callback',
  'com.example.app:/cb',
  'com.raycast:/oauth?package_name=Extension',
  'warp://mcp/oauth2callback',
  // literals, which match only themselves
  'https://*.c.example/cb',
  'https://c.example/*',
]

test('RFC 7591 §5 https anywhere, http to the local machine, private-use schemes', () => {
  for (const uri of GOOD) assert.equal(parseRedirectUri(uri), uri)
})

test('A-021 a scheme that runs or opens things is refused in any case and padding', () => {
  const schemes =
    'javascript data file blob vbscript filesystem view-source about intent tel sms mailto ws wss ' +
    'ms-word ms-excel ms-settings ms-msdt ms-appinstaller search search-ms searchx'
  for (const scheme of schemes.split(' ')) {
    for (const dress of [scheme, scheme.toUpperCase(), scheme[0]?.toUpperCase() + scheme.slice(1)]) {
      for (const rest of ['alert(1)', '//x/cb', '/cb', '//%0aalert(1)', '']) {
        refused(`${dress}:${rest}`)
        for (const padding of [' ', '\t', '\n', '\u0001', '\u0000', '\u00a0', '\ufeff', '%20']) {
          refused(`${padding}${dress}:${rest}`)
          refused(`${dress}${padding}:${rest}`)
          refused(`${dress.slice(0, 2)}${padding}${dress.slice(2)}:${rest}`)
        }
      }
    }
  }
  refused('ms-word://x/cb', /must not have the scheme ms-word:/)
})

test('RFC 8252 §7.1 a private-use scheme is followed by a path: names and commands are none', () => {
  for (const uri of ['urn:ietf:wg:oauth:2.0:oob', 'news:x', 'myapp:callback', 'myapp:', 'a?b:/c'])
    refused(uri)
})

test('A-022 http to anything but loopback is refused, look-alikes too', () => {
  const hosts =
    'example.com n8n.lan localhost.evil.example 127.0.0.1.evil.example 127.0.0.1@evil.example 127.1 ' +
    '0x7f000001 2130706433 127.0.0.2 0.0.0.0 localhost. [::ffff:127.0.0.1] [::] 127.0.0.1%2eevil.example'
  for (const host of hosts.split(' ')) refused(`http://${host}/cb`)
  refused('http://n8n.lan:5678/cb', /must be https; http is only for loopback/)
})

test('A-023 RFC 6749 §3.1.2 "The endpoint URI MUST NOT include a fragment component", an empty one neither', () => {
  for (const uri of [
    'https://c.example/cb#',
    'https://c.example/cb#x',
    'cursor://x/cb#',
    'http://localhost/#',
  ]) {
    refused(uri, /fragment/)
  }
})

test('A-024 user information is refused', () => {
  for (const uri of [
    'https://chatgpt.com@evil.example/cb',
    'https://u:p@c.example/',
    'https://@c.example/',
    'cursor://chatgpt.com@evil/cb',
    'http://localhost@evil.example/cb',
  ]) {
    refused(uri, /user information/)
  }
})

test('A-025 what the URL standard and RFC 3986 read differently is refused', () => {
  for (const uri of [
    'https:\\\\evil.example',
    'https://good.example\\@evil.example',
    'https:///evil.example',
    'https:evil.example',
    'https:/evil.example',
    'https://',
    'https://?x',
    'https://#x',
    'https://:443/cb',
    'https://c.example:99999/cb',
    'https://c.example:8a/cb',
    'https://c.example:/cb',
    'https://good.example%2f.evil.example/',
    'https://[::1/cb',
    'https://[zz]/cb',
    'https://1.2.3.4.5/cb',
    'cursor:\\\\x/cb',
    'myapp://[/cb',
    'myapp://a:99999999/cb',
  ]) {
    refused(uri)
  }
})

test('A-026 control characters, spaces and raw non-ASCII are refused anywhere', () => {
  const parts = [
    '\r\n',
    '\0',
    ' ',
    '\t',
    '\u007f',
    '\u0085',
    'é',
    '\u2028',
    '\u3002',
    '\ud800',
    '%',
    '%0',
    '%zz',
    '<',
    '"',
    '{',
  ]
  for (const part of parts) {
    refused(`https://c.example/cb${part}`)
    refused(`https://c.example/${part}zz`)
    refused(`https://c${part}.example/`)
    refused(`cursor://x/${part}`)
  }
})

test('the two commonest mistakes are named', () => {
  refused('https:\\\\evil.example', /must not contain a backslash/)
  for (const uri of [' https://c.example/', 'https://c.example/\n', 'https://c.example/a b']) {
    refused(uri, /must not contain spaces or control characters/)
  }
})

test('A-028 a relative reference, or what is no URI at all, is refused', () => {
  for (const uri of ['/cb', '//evil.example/cb', 'cb', '', '?', ':', '://x', '1a://x', 'https', 'https//x']) {
    refused(uri)
  }
})

test('A-029 a redirect URI is bounded in length', () => {
  const start = 'https://c.example/'
  assert.equal(typeof parseRedirectUri(start.padEnd(REDIRECT_URI_LENGTH, 'x')), 'string')
  refused(start.padEnd(REDIRECT_URI_LENGTH + 1, 'x'), /longer/)
})

test('a browser goes where the text says: the same scheme and host, or the URI is refused', () => {
  const piece = fc.constantFrom(
    ...'https http javascript : / // \\ @ # ? % . * [ ] ::1 127.0.0.1 localhost evil.example good.example cb \t \n é'.split(
      ' ',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      const uri = parseRedirectUri(pieces.join(''))
      if (uri instanceof MemberFault) return
      const url = new URL(uri)
      assert.equal(uri.slice(0, uri.indexOf(':')).toLowerCase(), url.protocol.slice(0, -1))
      assert.equal(url.username + url.password + url.hash, '')
      assert.notEqual(url.protocol, 'javascript:')
      if (url.protocol === 'http:') assert.match(url.hostname, /^(localhost|127\.0\.0\.1|\[::1\])$/)
      if (url.protocol === 'https:') {
        assert.ok(uri.toLowerCase().startsWith(`https://${/^\d+$/.test(url.hostname) ? '' : url.hostname}`))
      }
    }),
    { numRuns: 5000 },
  )
})

test('RFC 9700 §2.1 redirect URIs are matched exactly', () => {
  const registered = [
    'https://c.example/cb',
    'cursor://x/cb',
    'https://*.c.example/cb',
    'https://c.example/*',
  ]
  for (const uri of registered) assert.equal(matchRedirectUri(registered, uri), uri)
  for (const uri of [
    'https://c.example/cb/',
    'https://c.example/CB',
    'https://C.example/cb',
    'https://c.example/cb?x',
    'https://c.example/cb/../cb',
    'https://c.example/c%62',
    'https://c.example:443/cb',
    'https://c.example:8443/cb',
    'https://evil.example/cb',
    'http://c.example/cb',
    'https://a.c.example/cb',
    'https://c.example/anything',
    'cursor://x:1/cb',
    'cursor://x/',
    '',
  ]) {
    assert.equal(matchRedirectUri(registered, uri), undefined, uri)
  }
})

test('RFC 8252 §7.3 "The authorization server MUST allow any port to be specified at the time of the request"', () => {
  for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
    for (const path of ['', '/', '/cb', '/cb?x=1', '?x']) {
      for (const registered of [`http://${host}:1234${path}`, `http://${host}${path}`]) {
        for (const port of ['', ':1', ':49152', ':65535']) {
          const requested = `http://${host}${port}${path}`
          assert.equal(matchRedirectUri([registered], requested), requested)
        }
      }
    }
  }
})

test('A-032 only the port of a loopback address is free, not path, host or scheme', () => {
  const registered = ['http://127.0.0.1:1234/cb']
  for (const uri of [
    'http://127.0.0.1:1235/',
    'http://127.0.0.1:1235/cb/',
    'http://127.0.0.1:1235/cb?x',
    'http://127.0.0.1:1235/cb#x',
    'http://localhost:1234/cb',
    'http://[::1]:1234/cb',
    'https://127.0.0.1:1234/cb',
    'http://127.0.0.1:65536/cb',
    'http://127.0.0.1:999999/cb',
    'http://127.0.0.1:/cb',
    'http://127.0.0.1:1@evil.example/cb',
    'http://127.0.0.1:1234.evil.example/cb',
    'http://127.0.0.1\\@evil.example/cb',
    'http://u@127.0.0.1:1/cb',
  ]) {
    assert.equal(matchRedirectUri(registered, uri), undefined, uri)
  }
})

test('redirectHost says who receives the code', () => {
  const expected: [string, string, string][] = [
    ['https://chatgpt.com/connector/oauth/x', 'chatgpt.com', 'https'],
    ['https://Example.com:8443/cb', 'example.com:8443', 'https'],
    ['https://example.com:443/cb', 'example.com', 'https'],
    ['http://localhost:3000/cb', 'localhost', 'loopback'],
    ['http://127.0.0.1/cb', '127.0.0.1', 'loopback'],
    ['http://[::1]:1/cb', '[::1]', 'loopback'],
    ['https://localhost:3000/cb', 'localhost', 'loopback'],
    ['https://2130706433/cb', '127.0.0.1', 'loopback'],
    ['https://127.1.2.3/cb', '127.1.2.3', 'loopback'],
    ['https://localhost./cb', 'localhost.', 'loopback'],
    ['https://app.localhost/cb', 'app.localhost', 'loopback'],
    ['https://127.0.0.1.attacker.example/cb', '127.0.0.1.attacker.example', 'https'],
    ['https://127.attacker.example:8443/cb', '127.attacker.example:8443', 'https'],
    ['https://localhost.attacker.example/cb', 'localhost.attacker.example', 'https'],
    ['https://[::ffff:127.0.0.1]/cb', '[::ffff:7f00:1]', 'https'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor:', 'private'],
    ['com.example.app:/cb', 'com.example.app:', 'private'],
  ]
  for (const [uri, host, kind] of expected) assert.deepEqual(redirectHost(uri), { host, kind }, uri)
})

test('RFC 8252 §7.3 one loopback address among others is enough, and only 127 in front is this machine', () => {
  const asked = 'http://127.0.0.1:52101/cb'
  assert.equal(
    matchRedirectUri(['https://c.example/cb', 'http://127.0.0.1/cb', 'cursor://x/y'], asked),
    asked,
  )
  assert.equal(matchRedirectUri(['https://c.example/cb'], asked), undefined)
  assert.equal(redirectHost('http://127.100.200.255/cb').kind, 'loopback')
  assert.equal(redirectHost('https://1127.0.0.1.example/cb').kind, 'https')
})

test('RFC 8252 §7.1 a scheme without a slash is told what it lacks', () => {
  refused('urn:x', /must continue with a slash after urn:/)
})

test('A-021 every scheme that does something of its own is refused by name', () => {
  const schemes =
    'javascript data file blob vbscript filesystem view-source about intent tel sms mailto ws wss jscript livescript ' +
    'mocha jar feed mhtml hcp shell applescript chrome resource android-app market itms itms-apps callto facetime ' +
    'facetime-audio sip sips mms ftp sftp ssh telnet smb ldap'
  for (const scheme of schemes.split(' ')) refused(`${scheme}://x/cb`)
})

test('RFC 8252 §7.3 the free port is all that is free: nothing before the scheme, nothing but a path or a query after it', () => {
  for (const asked of [
    'cursor://http://127.0.0.1:52101',
    'http://127.0.0.1:52101@evil.example',
    'http://127.0.0.1:52101.evil.example',
    'http://127.0.0.1:52101#',
  ]) {
    assert.equal(matchRedirectUri(['http://127.0.0.1'], asked), undefined, asked)
  }
})
