/** Group 3: the limit by address, and every way to look like somebody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REDIRECT } from '../support/registering.ts'
import { startServer } from '../support/running-server.ts'
import { createTestApp } from '../support/test-app.ts'
import { exchange } from '../web/raw.ts'
import { isRefused, JSON_TYPE, send } from './hostile-registration.ts'

const GOOD = JSON.stringify(REDIRECT)
const RATE = 3
const TOO_MANY = { status: 429, error: 'temporarily_unavailable' }

type Evasion = (attempt: number) => Record<string, string>

/** Headers that say another address at each attempt. */
const EVASIONS: Record<string, Evasion> = {
  'X-Forwarded-For': (at) => ({ 'x-forwarded-for': `203.0.113.${at}` }),
  'X-Forwarded-For in IPv6': (at) => ({ 'x-forwarded-for': `2001:db8:${at}::1` }),
  'X-Forwarded-For with a list': (at) => ({ 'x-forwarded-for': `203.0.113.${at}, 198.51.100.${at}` }),
  'X-Forwarded-For with 1,000': (at) => ({
    'x-forwarded-for': Array(1000).fill(`203.0.113.${at}`).join(', '),
  }),
  'X-Forwarded-For with garbage': (at) => ({
    'x-forwarded-for': `garbage ${at}, <script>, ${'9'.repeat(5000)}`,
  }),
  Forwarded: (at) => ({ forwarded: `for=203.0.113.${at};proto=https;host=evil.example` }),
  'CF-Connecting-IP': (at) => ({ 'cf-connecting-ip': `203.0.113.${at}` }),
  'all that are in use somewhere': (at) => {
    const names =
      'x-real-ip true-client-ip x-client-ip x-cluster-client-ip fastly-client-ip fly-client-ip x-forwarded forwarded-for ' +
      'x-originating-ip x-remote-ip x-remote-addr client-ip via x-azure-clientip cf-connecting-ipv6 cf-pseudo-ipv4'
    return Object.fromEntries(names.split(' ').map((name) => [name, `203.0.113.${at}`]))
  },
}

/** Which settings believe whom: a peer that must not be believed, and all headers that must not help it. */
const UNTRUSTED: [trustProxy: string, peer: string][] = [
  ['none', '127.0.0.1'],
  ['none', '203.0.113.200'],
  ['loopback', '203.0.113.200'],
  ['loopback', '10.0.0.1'],
  ['loopback', '2001:db8:ffff::1'],
  ['loopback', '::ffff:203.0.113.200'],
  ['cloudflare', '203.0.113.200'],
  ['cloudflare', '173.245.48.1'], // one of Cloudflare's own, which the tunnel never comes from
  ['10.0.0.0/8,fd00::/8', '127.0.0.1'],
  ['10.0.0.0/8,fd00::/8', '11.0.0.1'],
]

for (const [trustProxy, peer] of UNTRUSTED) {
  test(`A-035 CORPUSIQ_TRUST_PROXY=${trustProxy}: no header of ${peer} evades the limit`, async () => {
    await using app = await createTestApp({
      owner: false,
      env: { CORPUSIQ_REGISTRATION_RATE: `${RATE}/minute`, CORPUSIQ_TRUST_PROXY: trustProxy },
    })
    for (const [what, evasion] of Object.entries(EVASIONS)) {
      const attempt = (at: number) => ({
        body: GOOD,
        headers: { ...JSON_TYPE, ...evasion(at) },
        address: peer,
      })
      for (let at = 1; at <= RATE; at++) assert.equal((await send(app, attempt(at))).status, 201, what)
      for (let at = RATE + 1; at <= 2 * RATE; at++) await isRefused(app, attempt(at), TOO_MANY)
      app.advance(60)
    }
  })
}

/** Behind a believed proxy: what a client may write in front of the address that the proxy saw. */
const BEHIND: Record<string, Evasion> = {
  'another address before it': (at) => ({ 'x-forwarded-for': `203.0.113.${at}, 198.51.100.7` }),
  'a thousand before it': (at) => ({ 'x-forwarded-for': `${`203.0.113.${at}, `.repeat(1000)}198.51.100.7` }),
  'the proxy’s own address before it': (at) => ({
    'x-forwarded-for': `203.0.113.${at}, 127.0.0.1, 198.51.100.7`,
  }),
  'garbage before it': (at) => ({ 'x-forwarded-for': `${at}, \t,, ;x="y", 198.51.100.7` }),
  'an address with a port': (at) => ({ 'x-forwarded-for': `198.51.100.7:${1024 + at}` }),
  'an address in IPv6’s clothes': (at) => ({
    'x-forwarded-for': at % 2 ? '198.51.100.7' : '::ffff:198.51.100.7',
  }),
  'spaces and brackets': (at) => ({ 'x-forwarded-for': `${' '.repeat(at)}198.51.100.7 ` }),
  'another of the same /64': (at) => ({ 'x-forwarded-for': `2001:db8:1:2:${at}::${at}` }),
  'the same one written otherwise': (at) => ({
    'x-forwarded-for':
      ['2001:db8::1', '2001:0DB8:0:0::1', '[2001:db8::1]:443', '2001:db8::1%eth0'][at % 4] ?? '',
  }),
  'nothing but garbage': (at) => ({ 'x-forwarded-for': `unknown-${at}` }),
  'a list without an end of believed ones': (at) => ({
    'x-forwarded-for': `203.0.113.${at}, ${'127.0.0.1, '.repeat(500)}127.0.0.1`,
  }),
  'headers that nobody named': (at) => ({
    'x-forwarded-for': '198.51.100.7',
    forwarded: `for=203.0.113.${at}`,
    'cf-connecting-ip': `203.0.113.${at}`,
    'x-real-ip': `203.0.113.${at}`,
  }),
}

for (const [what, evasion] of Object.entries(BEHIND)) {
  test(`A-035 behind a believed proxy, ${what} does not evade the limit`, async () => {
    await using app = await createTestApp({
      owner: false,
      env: { CORPUSIQ_REGISTRATION_RATE: `${RATE}/minute` },
    })
    const attempt = (at: number) => ({ body: GOOD, headers: { ...JSON_TYPE, ...evasion(at) } })
    for (let at = 1; at <= RATE; at++) assert.equal((await send(app, attempt(at))).status, 201)
    for (let at = RATE + 1; at <= 2 * RATE; at++) await isRefused(app, attempt(at), TOO_MANY)
  })
}

test('A-035 behind Cloudflare’s tunnel CF-Connecting-IP counts, and X-Forwarded-For does not', async () => {
  await using app = await createTestApp({
    owner: false,
    env: { CORPUSIQ_REGISTRATION_RATE: `${RATE}/minute`, CORPUSIQ_TRUST_PROXY: 'cloudflare' },
  })
  const from = (client: string, at: number) => ({
    body: GOOD,
    headers: { ...JSON_TYPE, 'cf-connecting-ip': client, 'x-forwarded-for': `203.0.113.${at}, ${client}` },
  })
  for (let at = 1; at <= RATE; at++) assert.equal((await send(app, from('198.51.100.7', at))).status, 201)
  await isRefused(app, from('198.51.100.7', 9), TOO_MANY)
  assert.equal((await send(app, from('198.51.100.8', 9))).status, 201)
})

test('A-035 sent straight to the program, from a peer that it does not believe', async () => {
  for (const trustProxy of ['none', '10.0.0.0/8']) {
    await using server = await startServer({
      owner: false,
      env: { CORPUSIQ_REGISTRATION_RATE: `${RATE}/minute`, CORPUSIQ_TRUST_PROXY: trustProxy },
    })
    const register = (lines: string) =>
      exchange(
        server.port,
        `POST /register HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: application/json\r\n${lines}` +
          `Content-Length: ${GOOD.length}\r\nConnection: close\r\n\r\n${GOOD}`,
      )
    for (let at = 1; at <= RATE; at++) {
      assert.match(await register(`X-Forwarded-For: 203.0.113.${at}\r\n`), /^HTTP\/1\.1 201 /)
    }
    for (const lines of [
      'X-Forwarded-For: 203.0.113.77\r\n',
      'X-Forwarded-For: 203.0.113.77\r\nX-Forwarded-For: 203.0.113.78\r\n',
      `X-Forwarded-For: ${'203.0.113.77, '.repeat(1000)}203.0.113.78\r\n`,
      'X-Forwarded-For:\r\n',
      'X-Forwarded-For: \xff\xfe\r\n',
      'CF-Connecting-IP: 203.0.113.77\r\n',
      'CF-Connecting-IP: 203.0.113.77\r\nCF-Connecting-IP: 203.0.113.78\r\n',
      'Forwarded: for="[2001:db8::1]:443"\r\n',
      '',
    ]) {
      const answer = await register(lines)
      assert.match(answer, /^HTTP\/1\.1 429 /, lines.slice(0, 80))
      assert.match(answer, /\r\nretry-after: \d+\r\n/i)
      assert.match(answer, /"error":"temporarily_unavailable"/)
    }
  }
})
