import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeHtml, html } from './html.ts'

test('A-086 what is put into a page is text, in an element and in a quoted attribute', () => {
  const name = `"><script>alert('x')</script>&amp;`
  const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;'
  assert.equal(html`<p title="${name}">${name}</p>`.markup, `<p title="${escaped}">${escaped}</p>`)
  assert.equal(escapeHtml(name), escaped)
})

test('markup of ours stays, lists are joined, nothing is nothing, zero is a number', () => {
  const item = (text: string) => html`<li>${text}</li>`
  assert.equal(html`<ul>${['a', '<b>'].map(item)}</ul>`.markup, '<ul><li>a</li><li>&lt;b&gt;</li></ul>')
  assert.equal(html`[${undefined}${false}${0}${[]}]`.markup, '[0]')
  assert.equal(html`${['<', ['>']]}`.markup, '&lt;&gt;')
})

test('A-086 an object that only looks like markup is text', () => {
  const planted = { markup: '<script>', toString: () => '<script>' } as unknown as string
  assert.equal(html`${planted}`.markup, '&lt;script&gt;')
})
