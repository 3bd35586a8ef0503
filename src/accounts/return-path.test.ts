import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownPath, signIn } from './return-path.ts'

test('a return path is a path of ours', () => {
  assert.equal(ownPath('/authorize?client_id=a&state=%2F%2F'), '/authorize?client_id=a&state=%2F%2F')
  assert.equal(ownPath('/documents/doc_1'), '/documents/doc_1')
})

test('A-075 everything that a browser could take for another host, or a header for its end, becomes /', () => {
  for (const value of [
    undefined,
    '',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'evil',
    '/\t/evil.example',
    '/a\r\nset-cookie: x=1',
    '/a\\b',
    '/a b',
    '/é',
    ' /a',
  ]) {
    assert.equal(ownPath(value), '/', String(value))
  }
})

test('the sign-in page is told the very request, whatever is in it', () => {
  for (const query of ['', 'a=1&b=2', 'state=%26%23%2B&x=a+b', 'q=%C3%A9', 'x=é']) {
    const response = signIn({ path: '/authorize', query, address: '', parameter: '' })
    assert.equal(response.status, 302)
    const location = response.headers.get('location') ?? ''
    assert.match(location, /^\/login\?return_to=\/authorize/)
    const expected = query === '' ? '/authorize' : `/authorize?${query}`
    assert.equal(new URL(location, 'https://x.example').searchParams.get('return_to'), expected)
  }
})
