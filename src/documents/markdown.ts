import MarkdownIt, { type StateCore, type Token } from 'markdown-it'
import { escapeHtml, SafeHtml } from '../web/html.ts'
import { type Marking, startMarking } from './marking.ts'

/**
 * Markdown as HTML of headings, paragraphs, lists, tables, code and links: no markup of the document's own, no picture,
 * no address but http, https and mailto (CWE-79). What the passage says is marked, to whole paragraphs, and in code to
 * whole lines. `hasLines`: a line of the text is a line to its reader too, as in mail.
 */
export function renderMarkdown(
  text: string,
  passage: { start: number; end: number } | undefined,
  hasLines = false,
): SafeHtml {
  return new SafeHtml(
    renderer.render(frontMatterAsCode(text), { marking: startMarking(text, passage), hasLines }),
  )
}

const renderer = createRenderer()

function createRenderer() {
  const markdown = new MarkdownIt({ html: false, linkify: false })
  markdown.validateLink = (address) => /^(?:https?:\/\/|mailto:)/i.test(address.trim())
  markdown.core.ruler.push('ours', ({ tokens, env, Token }) => {
    tame(tokens)
    markPassage(tokens, env.marking as Marking, Token)
  })
  // Made by us alone: the parser makes none, with `html` off.
  markdown.renderer.rules.code_block = (tokens, index) =>
    `<pre><code>${tokens[index]?.content}</code></pre>\n`
  markdown.renderer.rules.fence = markdown.renderer.rules.code_block
  markdown.renderer.rules.softbreak = (_tokens, _index, _options, env) => (env?.hasLines ? '<br>\n' : '\n')
  markdown.renderer.rules.image = (tokens, index) => escapeHtml(tokens[index]?.content ?? '')
  return markdown
}

/** Front matter would be read as a rule and a heading. To the count of lines nothing changes. */
function frontMatterAsCode(text: string): string {
  const fence = '`'.repeat(12)
  return text.replace(
    /^---[ \t]*\n([\s\S]{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?=\n|$)/,
    (_, inside: string) => `${fence}\n${inside}\n${fence}`,
  )
}

/** Headings stand below the page's own; links tell nobody where they were met; no style of its own. */
function tame(tokens: readonly Token[]): void {
  for (const token of tokens) {
    if (/^h[1-5]$/.test(token.tag)) token.tag = `h${Number(token.tag[1]) + 1}`
    if (token.attrs) token.attrs = token.attrs.filter(([name]) => name !== 'style')
    if (token.type === 'link_open') {
      token.attrSet('rel', 'noopener noreferrer nofollow')
      // `[a]()` leads nowhere, rather than to this very page.
      token.attrs = token.attrs?.filter(([name, value]) => name !== 'href' || value !== '') ?? null
    }
    if (token.children) tame(token.children)
  }
}

/** Puts marks around what stands on the passage's lines; code becomes HTML on the way. */
function markPassage(tokens: readonly Token[], marking: Marking, Token: StateCore['Token']): void {
  /** The lines of the blocks that are open: in tables a cell doesn't know its own. */
  const open: (readonly [number, number])[] = []
  for (const token of tokens) {
    const lines = token.map ?? open.at(-1) ?? ([0, 0] as const)
    if (token.nesting === 1) open.push(lines)
    if (token.nesting === -1) open.pop()
    if (token.type === 'fence') token.content = marking.code(token.content, lines[0] + 1)
    if (token.type === 'code_block') token.content = marking.code(token.content, lines[0])
    if (token.type !== 'inline' || !token.children?.length || !marking.touches(lines)) continue
    const [begin, end] = [new Token('html_inline', '', 0), new Token('html_inline', '', 0)]
    begin.content = marking.open()
    end.content = '</mark>'
    token.children = [begin, ...token.children, end]
  }
}
