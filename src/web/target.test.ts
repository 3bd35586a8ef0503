import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTarget } from './target.ts'

test('RFC 9112 §3.2.1 origin form: path and query as sent', () => {
  assert.deepEqual(parseTarget('/authorize?a=1&b=%2F?x'), {
    authority: undefined,
    path: '/authorize',
    query: 'a=1&b=%2F?x',
  })
  assert.deepEqual(parseTarget('/a/../b%2e//c'), { authority: undefined, path: '/a/../b%2e//c', query: '' })
  assert.deepEqual(parseTarget('//evil.example/token'), {
    authority: undefined,
    path: '//evil.example/token',
    query: '',
  })
})

test('RFC 9112 §3.2.2 absolute form: its authority is the host', () => {
  assert.deepEqual(parseTarget('http://evil.example:80/token?x'), {
    authority: 'evil.example:80',
    path: '/token',
    query: 'x',
  })
  assert.deepEqual(parseTarget('https://h.example?x=1'), { authority: 'h.example', path: '/', query: 'x=1' })
  assert.deepEqual(parseTarget('http://u:p@h.example/'), { authority: 'u:p@h.example', path: '/', query: '' })
})

test('every other form is a path that nobody serves', () => {
  for (const target of ['*', '', 'token', 'h.example:443', 'ftp://h.example/', 'javascript:alert(1)']) {
    assert.deepEqual(parseTarget(target), { authority: undefined, path: target, query: '' })
  }
})
