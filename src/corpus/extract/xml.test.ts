import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readXml } from './xml.ts'

function eventsOf(source: string | Uint8Array): string[] {
  const events: string[] = []
  readXml(Buffer.from(source), {
    open: (name, { id }) => events.push(id === undefined ? `<${name}>` : `<${name} ${id}>`),
    text: (text) => events.push(text),
    close: (name) => events.push(`</${name}>`),
  })
  return events
}

test('elements, attributes, text and XML’s own entities', () => {
  assert.deepEqual(
    eventsOf('<?xml version="1.0"?><A id="1">x &amp; &#x41;<b/></A>').join(''),
    '<A 1>x & A<b></b></A>',
  )
  assert.deepEqual(eventsOf('<a><![CDATA[<x>]]></a>').join(''), '<a><x></a>')
  readXml(undefined, { open: () => assert.fail('nothing is read') })
})

test('UTF-16 by its mark', () => {
  const text = '\uFEFF<a>é</a>'
  assert.equal(eventsOf(Buffer.from(text, 'utf16le')).join(''), '<a>é</a>')
  assert.equal(eventsOf(Buffer.from(text, 'utf16le').swap16()).join(''), '<a>é</a>')
})

test('A-162 no entity is defined or fetched, nothing of a document type is text', () => {
  const source = '<!DOCTYPE a [<!ENTITY x "unfolded"><!ENTITY y SYSTEM "file:///etc/passwd">]><a>&x;&y;</a>'
  assert.equal(eventsOf(source).join(''), '<a>&x;&y;</a>')
})

test('A-162 depth and length are bounded, a part that ends early is damaged', () => {
  assert.doesNotThrow(() => eventsOf('<a>'.repeat(512) + '</a>'.repeat(512)))
  assert.throws(() => eventsOf('<a>'.repeat(513)), /nest deeper than 512/)
  assert.throws(() => eventsOf(`<a>${'<b>xxxxxxxx</b>'.repeat(2_097_153)}</a>`), /16 million characters/)
  assert.throws(() => eventsOf('<a><b>x</b>'), /ends too early/)
  assert.doesNotThrow(() => eventsOf('<a><b>x</a>'))
})

test('places are those of the source', () => {
  const source = '<a><b>x</b></a>'
  readXml(Buffer.from(source), {
    open: (name, _, start) => assert.equal(start, name === 'a' ? 0 : 3),
    close: (name, end) => assert.equal(end, name === 'a' ? source.length : 11),
  })
})
