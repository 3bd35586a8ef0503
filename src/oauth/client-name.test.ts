import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimedName, clientName } from './client-name.ts'

test('RFC 7591 §2.2 a client is called by its name as it is, and without one by the host that gets its codes', () => {
  const redirect_uris = ['https://c.example/cb', 'https://d.example/cb']
  assert.equal(clientName({ client_name: ' N ', redirect_uris }), ' N ')
  assert.equal(clientName({ redirect_uris }), 'c.example')
})

test('what nobody has judged yet is called the same way, or by no name at all', () => {
  const redirect_uris = ['https://c.example/cb']
  assert.equal(claimedName({ client_name: 'N', redirect_uris }), 'N')
  for (const client_name of ['', null, 1, ['N']]) {
    assert.equal(claimedName({ client_name, redirect_uris }), 'c.example')
    assert.equal(claimedName({ client_name }), undefined)
  }
  for (const wrong of ['https://c.example/cb', [], [1], ['x'], ['https://c.example/cb#x'], null]) {
    assert.equal(claimedName({ redirect_uris: wrong }), undefined, JSON.stringify(wrong))
  }
})
