import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extractHtml } from './html.ts'

const textOf = (source: string) => extractHtml(source).text

test('headings, items and lines keep their shape, links their words', () => {
  const { title, text } = extractHtml(`<!doctype html><html><head><title>Pharos &amp; co</title></head><body>
    <h1>The   <em>lighthouse</em></h1><p>It was <a href="https://evil.example/?leak=">high</a>.</p>
    <ul><li>fire</li><li>mirror</li></ul><table><tr><td>height</td><td>100 m</td></tr></table>
    <pre>  two
  lines</pre></body></html>`)
  assert.equal(title, 'Pharos & co')
  assert.match(text, /^# The lighthouse$/m)
  assert.match(text, /^It was high\.$/m)
  assert.match(text, /^- fire\n- mirror$/m)
  assert.match(text, /height \| 100 m/)
  assert.match(text, / {2}two\n {2}lines/)
  assert.doesNotMatch(text, /evil|Pharos/)
})

test('without <title> the first heading is the title', () => {
  assert.equal(extractHtml('<p>before</p><h2>First</h2><h1>Second</h1>').title, 'First')
})

test('A-161 scripts, styles, templates and comments are dropped', () => {
  const text = textOf(
    'a<script>SECRET</script><style>SECRET</style><template>SECRET</template><noscript>SECRET</noscript>' +
      '<!-- SECRET --><!doctype SECRET><svg><text>SECRET</text></svg><iframe>SECRET</iframe>z',
  )
  assert.equal(text, 'az')
})

for (const attribute of [
  'hidden',
  'hidden=""',
  'HIDDEN=until-found',
  'aria-hidden=true',
  'style="display:none"',
  'style="color:red; DISPLAY : none !important"',
  'style="display:/**/none"',
  'style="visibility: hidden"',
  'style="opacity:0"',
  'style="opacity:.0"',
  'style="font-size:0px"',
  'style="position:absolute;left:-9999px"',
  'style="text-indent:-999em"',
  'style="color:transparent"',
]) {
  test(`A-161 hidden text is dropped: ${attribute}`, () => {
    assert.equal(
      textOf(`<p>seen</p><div ${attribute}>SECRET<div>SECRET</div>SECRET<p>SECRET</div>seen`),
      'seen\n\nseen',
    )
  })
}

for (const attribute of [
  'style="opacity:0.5"',
  'style="font-size:0.9em"',
  'style="display:block"',
  'data-hidden',
]) {
  test(`visible text stays: ${attribute}`, () => {
    assert.equal(textOf(`<div ${attribute}>seen</div>`), 'seen')
  })
}

test('hidden elements that are void, or close by implication, hide nothing after them', () => {
  assert.equal(textOf('<input hidden>a<br hidden>b<img style="display:none">c'), 'abc')
  assert.match(textOf('<p hidden>SECRET<p>seen'), /^seen$/)
  assert.match(textOf('<ul><li hidden>SECRET<li>seen</ul>'), /^- seen$/)
})

test('elements named like members of every object are elements', () => {
  assert.equal(textOf('<constructor>a</constructor><hasOwnProperty>b</hasOwnProperty>'), 'ab')
})

test('elements nested without end are refused, not recursed into', () => {
  assert.throws(() => extractHtml('<div>'.repeat(100_000)), /nest deeper than 1024/)
  const deep = '<b>'.repeat(1000) + '</i>'.repeat(200_000)
  const began = performance.now()
  extractHtml(deep)
  assert.ok(performance.now() - began < 5000)
})

test('runs of spaces and tags cost linear time', () => {
  const began = performance.now()
  extractHtml(`<pre>${' '.repeat(2_000_000)}x</pre>`)
  extractHtml('<'.repeat(1_000_000))
  extractHtml('<!--'.repeat(500_000))
  extractHtml('&lt;'.repeat(300_000))
  assert.ok(performance.now() - began < 5000)
})
