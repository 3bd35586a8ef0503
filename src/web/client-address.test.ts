import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClientAddress } from './client-address.ts'

const forwarded = (list: string) => new Headers({ 'x-forwarded-for': list })

test('A-035 an untrusted peer is the client, whatever its headers claim', () => {
  const claims = new Headers({
    'x-forwarded-for': '203.0.113.9',
    'cf-connecting-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
    'x-real-ip': '203.0.113.9',
  })
  for (const trust of ['none', 'loopback', 'cloudflare', ['10.0.0.0/8']] as const) {
    assert.equal(createClientAddress(trust)(claims, '198.51.100.1'), '198.51.100.1', String(trust))
  }
  assert.equal(createClientAddress('none')(claims, '127.0.0.1'), '127.0.0.1')
})

test('loopback: the address that the proxy on this machine saw, not what its client claimed', () => {
  const address = createClientAddress('loopback')
  assert.equal(address(forwarded('203.0.113.9'), '127.0.0.1'), '203.0.113.9')
  assert.equal(address(forwarded('6.6.6.6, 203.0.113.9'), '127.0.0.1'), '203.0.113.9')
  assert.equal(address(forwarded('6.6.6.6,203.0.113.9 , 127.0.0.1'), '::1'), '203.0.113.9')
  assert.equal(address(forwarded('203.0.113.9'), '::ffff:127.0.0.1'), '203.0.113.9')
  assert.equal(address(forwarded('2001:DB8::7'), '::1'), '2001:db8::7')
  assert.equal(address(new Headers(), '127.0.0.1'), '127.0.0.1')
})

test('cloudflare: CF-Connecting-IP, only from a loopback peer', () => {
  const address = createClientAddress('cloudflare')
  const headers = new Headers({ 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '6.6.6.6' })
  assert.equal(address(headers, '127.0.0.1'), '203.0.113.9')
  assert.equal(address(headers, '10.0.0.1'), '10.0.0.1')
  assert.equal(address(forwarded('6.6.6.6'), '127.0.0.1'), '127.0.0.1')
  assert.equal(address(new Headers({ 'cf-connecting-ip': '1.2.3.4, 5.6.7.8' }), '127.0.0.1'), '127.0.0.1')
})

test('networks: the first hop from the right that is in none of them', () => {
  const address = createClientAddress(['10.0.0.0/8', '192.0.2.1', 'fd00::/8'])
  assert.equal(address(forwarded('6.6.6.6, 203.0.113.9, 10.1.1.1'), '10.2.2.2'), '203.0.113.9')
  assert.equal(address(forwarded('6.6.6.6, 203.0.113.9, fd00::5'), '192.0.2.1'), '203.0.113.9')
  assert.equal(address(forwarded('203.0.113.9'), '192.0.2.2'), '192.0.2.2')
  assert.equal(address(forwarded('203.0.113.9'), '127.0.0.1'), '127.0.0.1')
  assert.equal(address(forwarded('10.0.0.7, 10.0.0.8'), '10.2.2.2'), '10.0.0.7')
})

test('A-035 garbage and long lists are not walked: what is left of garbage was there before the proxy', () => {
  const address = createClientAddress('loopback')
  for (const list of [
    '',
    ' ',
    ',',
    'unknown',
    '_hidden',
    '<script>',
    '1.2.3',
    '999.1.1.1',
    'a'.repeat(9000),
  ]) {
    assert.equal(address(forwarded(list), '127.0.0.1'), '127.0.0.1', list.slice(0, 20))
  }
  assert.equal(address(forwarded('203.0.113.9, garbage, 127.0.0.1'), '127.0.0.1'), '127.0.0.1')
  assert.equal(address(forwarded(`${'6.6.6.6,'.repeat(1000)} 203.0.113.9`), '127.0.0.1'), '203.0.113.9')
  assert.equal(address(forwarded(`203.0.113.9${',127.0.0.1'.repeat(1000)}`), '127.0.0.1'), '127.0.0.1')
})

test('addresses come in one form: without port, brackets, zone, and IPv4 as IPv4', () => {
  const address = createClientAddress('loopback')
  assert.equal(address(forwarded('203.0.113.9:4711'), '127.0.0.1'), '203.0.113.9')
  assert.equal(address(forwarded('[2001:db8::7]:4711'), '127.0.0.1'), '2001:db8::7')
  assert.equal(address(forwarded('::ffff:203.0.113.9'), '127.0.0.1'), '203.0.113.9')
  assert.equal(address(forwarded('64:ff9b::203.0.113.9'), '127.0.0.1'), '64:ff9b::203.0.113.9')
  assert.equal(address(new Headers(), 'fe80::1%eth0'), 'fe80::1')
  assert.equal(address(new Headers(), '::ffff:203.0.113.9'), '203.0.113.9')
  assert.equal(address(new Headers(), ''), '')
})
