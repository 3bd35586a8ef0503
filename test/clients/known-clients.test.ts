import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identifyClient } from '../../src/oauth/client-identity.ts'
import { KNOWN_CLIENTS, knownAddress } from '../../src/oauth/known-clients.ts'
import { REAL_CLIENTS, type RealClient } from './table.ts'

/** Hosts that stand for a person's own, and addresses of this machine. */
const OWN = /^https:\/\/[\w.-]+\.example\.com\/|^https:\/\/example\.com\/|^http:\/\//

/** The addresses that a row shows and that belong to one vendor. */
function vendorAddresses({ request }: RealClient): string[] {
  return request.redirect_uris.filter((uri) => !OWN.test(uri))
}

/** Not put together from hints, or assumed for the sake of a whole body. */
function isSeen({ confidence, assumed_members = [] }: RealClient): boolean {
  return confidence !== 'inferred' && !assumed_members.includes('redirect_uris')
}

test('every known address is one that its row of the table shows, and that somebody has seen', () => {
  for (const { redirect, below, seen } of KNOWN_CLIENTS) {
    const row = REAL_CLIENTS.find(({ id }) => id === seen)
    assert.ok(row, `${redirect}: no row ${seen}`)
    assert.ok(isSeen(row), seen)
    const isShown = (uri: string) => (below ? uri.startsWith(redirect) : uri === redirect)
    assert.ok(vendorAddresses(row).some(isShown), `${seen} does not show ${redirect}`)
  }
})

test('every vendor’s address that somebody has seen is known, and no guess is', () => {
  const seen = new Set(REAL_CLIENTS.filter(isSeen).flatMap(vendorAddresses))
  for (const uri of seen) assert.notEqual(knownAddress(uri), undefined, uri)
  for (const { redirect, below } of KNOWN_CLIENTS) assert.ok(below || seen.has(redirect), redirect)
})

test('every row of the table has an id of its own, a client, a source and a note', () => {
  assert.equal(new Set(REAL_CLIENTS.map(({ id }) => id)).size, REAL_CLIENTS.length)
  for (const { id, client, source, note, kind, stage } of REAL_CLIENTS) {
    assert.match(id, /^[a-z0-9-]+$/)
    for (const text of [client, source, note]) assert.notEqual(text, '', id)
    assert.equal(stage, kind === 'registration' ? 'now' : 'later', id)
  }
})

test('no client that somebody has seen is taken for a look-alike, at any of its addresses', () => {
  for (const { id, request } of REAL_CLIENTS.filter(isSeen)) {
    for (const redirect_uri of [undefined, ...request.redirect_uris]) {
      assert.deepEqual(identifyClient(request, redirect_uri).flags, [], `${id} ${redirect_uri}`)
    }
  }
})
