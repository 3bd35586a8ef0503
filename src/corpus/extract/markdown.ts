import { Parser } from 'htmlparser2'
import type { Extract } from './format.ts'
import { isHidden, UNSHOWN } from './hidden.ts'

/**
 * Markdown as it stands, without what its reader would not see: HTML comments, link definitions used as comments,
 * hidden elements. Its title is the front matter's, else the first heading.
 */
export const extractMarkdown: Extract = (source) => {
  const text = withoutHidden(source.replace(/\r\n?/g, '\n'))
  const frontMatter = /^---[ \t]*\n([\s\S]{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text)
  const body = frontMatter ? text.slice(frontMatter[0].length) : text
  return { title: frontMatterTitle(frontMatter?.[1]) || firstHeading(body), text }
}

function frontMatterTitle(frontMatter: string | undefined): string {
  const value = /^title[ \t]*:[ \t]*(\S[^\n]*)$/im.exec(frontMatter ?? '')?.[1]?.trim() ?? ''
  const quoted = /^"(.*)"$|^'(.*)'$/.exec(value)
  return quoted ? (quoted[1]?.replaceAll('\\"', '"') ?? quoted[2]?.replaceAll("''", "'") ?? '') : value
}

function firstHeading(body: string): string {
  const lines = withoutCode(body.slice(0, 100_000), false).split('\n')
  for (const [index, line] of lines.entries()) {
    const atx = /^ {0,3}#{1,6}[ \t]+(.*)$/.exec(line)?.[1]
    if (atx?.trim()) return plainWords(atx.trim().replace(/(?:^|\s)#+$/, ''))
    const underlined = line.trim() !== '' && /^ {0,3}(?:=+|-{3,})[ \t]*$/.test(lines[index + 1] ?? '')
    if (underlined && !/^\s*[-*|>]/.test(line)) return plainWords(line)
  }
  return ''
}

/** A heading's words without its marks. */
function plainWords(heading: string): string {
  return heading
    .slice(0, 1000)
    .replace(/!?\[([^[\]]*)\](?:\([^()]*\)|\[[^[\]]*\])/g, '$1')
    .replace(/[`*]+|<[^<>]*>|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '')
    .trim()
}

const TAG = /<!--|-->|<(\/?)([a-z][a-z0-9-]*)(\s[^<>]*)?>/gi
const VOID: ReadonlySet<string> = new Set([
  'br',
  'hr',
  'img',
  'input',
  'meta',
  'link',
  'wbr',
  'col',
  'source',
])

/** One pass over the tags outside code. What is hidden and never closed is hidden to the end, as in a browser. */
function withoutHidden(text: string): string {
  const visible: string[] = []
  let from = 0
  let hidden: { name: string; depth: number; at: number } | undefined
  for (const match of withoutCode(text, true).matchAll(TAG)) {
    const [tag, slash, rawName = ''] = match
    const name = tag === '<!--' || tag === '-->' ? '<!--' : rawName.toLowerCase()
    const opens = name === '<!--' ? tag === '<!--' : slash === ''
    if (hidden) {
      if (name !== hidden.name) continue
      // A comment doesn't nest: its first end is its end.
      if (opens) hidden.depth += name === '<!--' ? 0 : 1
      else hidden.depth -= 1
      if (hidden.depth > 0) continue
      visible.push(text.slice(from, hidden.at))
      from = match.index + tag.length
      hidden = undefined
    } else if (opens && hides(name, tag, text, match.index)) {
      hidden = { name, depth: 1, at: match.index }
    }
  }
  visible.push(text.slice(from, hidden ? hidden.at : undefined))
  return visible.join('').replace(/^ {0,3}\[(?:\/\/|_|comment)\]:[^\n]*\n?/gim, '')
}

function hides(name: string, tag: string, text: string, at: number): boolean {
  if (name === '<!--') return true
  if (VOID.has(name)) return false
  // A sentence may speak of <script>; a block begins its line.
  if (UNSHOWN.has(name)) return text.slice(text.lastIndexOf('\n', at) + 1, at).trim() === ''
  if (!/hidden|style|^<dialog/i.test(tag)) return false
  let hidden = false
  new Parser({
    onopentag(opened, attributes) {
      hidden = isHidden(opened, attributes)
    },
  }).end(tag)
  return hidden
}

/** The text with its code, fenced and (with `inline`) within lines, blanked out; every character keeps its place. */
function withoutCode(text: string, inline: boolean): string {
  let fence = ''
  const lines = text.split('\n').map((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line)
    if (fence) {
      if (mark?.[1]?.startsWith(fence) && mark[2]?.trim() === '') fence = ''
      return ' '.repeat(line.length)
    }
    if (mark?.[1] && !(mark[1].startsWith('`') && mark[2]?.includes('`'))) {
      fence = mark[1]
      return ' '.repeat(line.length)
    }
    return inline ? line.replace(/(?<!`)(`+)(?!`)[^`\n]+\1(?!`)/g, (code) => ' '.repeat(code.length)) : line
  })
  return lines.join('\n')
}
