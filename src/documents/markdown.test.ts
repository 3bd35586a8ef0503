import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import { renderMarkdown } from './markdown.ts'

/** The page's markup for the text, the passage being from `from` to the end of `to`. */
function rendered(text: string, from?: string, to = from): string {
  const passage =
    from === undefined || to === undefined
      ? undefined
      : { start: text.indexOf(from), end: text.indexOf(to) + to.length }
  return renderMarkdown(text, passage).markup
}

test('headings stand below the page’s own, front matter is code, code has no language of its own', () => {
  assert.equal(
    rendered('---\ntitle: Tea\n---\n# One\n\n###### Six\n\n```js\nlet a\n```\n'),
    '<pre><code>title: Tea\n</code></pre>\n<h2>One</h2>\n<h6>Six</h6>\n<pre><code>let a\n</code></pre>\n',
  )
})

test('A-163 of a document’s own markup nothing is left but its letters', () => {
  assert.equal(
    rendered('<script>alert(1)</script>\n\n<b onclick="x">tea</b> &amp; <!-- x -->'),
    '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p>&lt;b onclick=&quot;x&quot;&gt;tea&lt;/b&gt; &amp; &lt;!-- x --&gt;</p>\n',
  )
})

test('A-163 links lead to http, https and mailto alone, and tell nobody where they were met', () => {
  const rel = 'rel="noopener noreferrer nofollow"'
  assert.equal(
    rendered('[a](https://example.com "t") <http://example.com> [b](mailto:a@example.com)'),
    `<p><a href="https://example.com" title="t" ${rel}>a</a> <a href="http://example.com" ${rel}>http://example.com</a> <a href="mailto:a@example.com" ${rel}>b</a></p>\n`,
  )
  for (const address of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java&#115;cript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example',
    '/oauth/authorize',
    'notes.md',
    '#x',
    'ftp://example.com',
  ]) {
    assert.doesNotMatch(rendered(`[a](${address}) <${address}> [b][c]\n\n[c]: ${address}\n`), /<a/, address)
  }
})

test('A-161 A-163 no picture is loaded: its words stand in its place', () => {
  assert.equal(rendered('![the <b>cup](https://evil.example/?q=secret "t")'), '<p>the &lt;b&gt;cup</p>\n')
})

test('the passage is marked, to whole paragraphs, items and cells; the first mark is where the address leads', () => {
  const text =
    '# Tea\n\nBefore.\n\nGreen *tea*\nwants\n\n- water\n- milk\n\n| a | b |\n|---|---|\n| c | d |\n\nAfter.\n'
  assert.equal(
    rendered(text, 'wants', 'water'),
    '<h2>Tea</h2>\n<p>Before.</p>\n<p><mark id="passage">Green <em>tea</em>\nwants</mark></p>\n' +
      '<ul>\n<li><mark>water</mark></li>\n<li>milk</li>\n</ul>\n' +
      '<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td>d</td>\n</tr>\n</tbody>\n</table>\n<p>After.</p>\n',
  )
  assert.match(rendered(text, '| c'), /<td><mark id="passage">c<\/mark><\/td>\n<td><mark>d<\/mark>/)
  assert.match(rendered(text, '# Tea'), /^<h2><mark id="passage">Tea<\/mark><\/h2>\n<p>Before/)
  assert.doesNotMatch(rendered(text), /mark/)
})

test('in code the passage’s lines are marked, escaped like the rest', () => {
  const text = 'Before\n\n```\n<one>\n<two>\n<three>\n```\n\n    four\n    five\n'
  assert.match(
    rendered(text, '<two>'),
    /<code>&lt;one&gt;\n<mark id="passage">&lt;two&gt;<\/mark>\n&lt;three&gt;\n<\/code>/,
  )
  assert.match(rendered(text, '    five'), /<code>four\n<mark id="passage">five\n?<\/mark>\n?<\/code>/)
  assert.match(
    rendered(text, 'Before', 'four'),
    /<mark id="passage">Before<\/mark>[\s\S]*<code><mark>&lt;one/,
  )
})

const ALLOWED = new Set([
  ...[
    'p',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'ul',
    'ol',
    'li',
    'blockquote',
    'pre',
    'code',
    'em',
    'strong',
    's',
    'a',
  ],
  ...['br', 'hr', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'mark'],
])
const ATTRIBUTES = new Set(['href', 'title', 'rel', 'start', 'id'])

test('A-163 whatever is in a document, its page has these elements and attributes alone, and no address but those', () => {
  const fragment = fc.oneof(
    fc.string({ maxLength: 10 }),
    fc.constantFrom(
      '<script>',
      '<img src=x onerror=alert(1)>',
      '](javascript:x)',
      '[a](',
      '[a]()',
      '](https://a.b/"x")',
      '\n',
    ),
    fc.constantFrom(
      '```',
      '    ',
      '> ',
      '- ',
      '1. ',
      '# ',
      '|',
      '|-|',
      '<a href=',
      '"',
      '![',
      '`',
      '*',
      '\n\n',
      '---',
    ),
    fc.constantFrom(
      '<https://a.b>',
      '[c]: javascript:x\n',
      '[c]',
      '&lt;script&gt;',
      '</mark>',
      '</code></pre>',
    ),
  )
  fc.assert(
    fc.property(
      fc.array(fragment, { maxLength: 40 }),
      fc.nat(200),
      fc.nat(200),
      (fragments, start, length) => {
        const markup = renderMarkdown(fragments.join(''), { start, end: start + length }).markup
        const open: string[] = []
        new Parser({
          onopentag(name, attributes) {
            assert.ok(ALLOWED.has(name), markup)
            for (const attribute of Object.keys(attributes)) assert.ok(ATTRIBUTES.has(attribute), markup)
            if (attributes.href !== undefined) assert.match(attributes.href, /^(?:https?:\/\/|mailto:)/)
            open.push(name)
          },
          onclosetag(name, implied) {
            assert.equal(open.pop(), name, markup)
            // `[<https://a.b>](https://c.d)` is a link within a link.
            assert.ok(!implied || ['br', 'hr', 'a'].includes(name), markup)
          },
        }).end(markup)
      },
    ),
    { numRuns: 1000 },
  )
})
