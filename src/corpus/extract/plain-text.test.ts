import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extractAsciidoc, extractOrg, extractPlainText, extractRst } from './plain-text.ts'

test('text stands as it is, and names no title', () => {
  assert.deepEqual(extractPlainText('# not a title\n'), { title: '', text: '# not a title\n' })
})

test('reStructuredText: the first line that is underlined', () => {
  assert.equal(extractRst('.. note::\n\nTides\n=====\n\nEbb\n---\n').title, 'Tides')
  assert.equal(extractRst('=====\nTides\n=====\n').title, 'Tides')
  assert.equal(extractRst('Tides\n==\n').title, '')
  assert.equal(extractRst('Tides\r\n~~~~~\r\n').title, 'Tides')
})

test('Org: its title, else the first heading', () => {
  assert.equal(extractOrg('* Ebb\n#+TITLE: Tides\n').title, 'Tides')
  assert.equal(extractOrg('text\n** Ebb\n').title, 'Ebb')
  assert.equal(extractOrg('*bold*\n').title, '')
})

test('AsciiDoc: the first heading', () => {
  assert.equal(extractAsciidoc('// x\n= Tides\n\n== Ebb\n').title, 'Tides')
  assert.equal(extractAsciidoc('=nothing\n').title, '')
})

test('titles are looked for at the beginning alone, in linear time', () => {
  const long = '='.repeat(1_000_000)
  const began = performance.now()
  for (const extract of [extractRst, extractOrg, extractAsciidoc]) {
    assert.equal(extract(`${'x\n'.repeat(20_000)}= Late\n======\n* Late\n`).title, '')
    extract(long)
  }
  assert.ok(performance.now() - began < 5000)
})
