import { type Draft, joinPages, Refused } from './format.ts'
import { extractXhtml } from './html.ts'
import { readXml } from './xml.ts'
import { partOf, unzip } from './zip.ts'

/** A book as Markdown, its parts in the order in which they are read. */
export function readEpub(bytes: Uint8Array): Draft {
  const parts = unzip(bytes, (name) => /\.(?:x?html?|xml|opf)$/i.test(name))
  if (parts.has('META-INF/encryption.xml') && parts.has('META-INF/rights.xml')) {
    throw new Refused('it is protected: only its own reader can open it')
  }
  let path = ''
  readXml(parts.get('META-INF/container.xml'), {
    open(name, attributes) {
      if (name === 'rootfile' && path === '') path = attributes['full-path'] ?? ''
    },
  })
  if (!parts.has(path)) throw new Refused('it is no book')
  const { title, spine } = packageOf(parts.get(path), path)
  const texts = spine.flatMap((name) => {
    const part = parts.get(name)
    return part ? [extractXhtml(new TextDecoder().decode(part)).text] : []
  })
  if (texts.length === 0) throw new Refused('it holds no text')
  // Chapters are no pages that anybody could turn to.
  return { title, text: joinPages(texts).text }
}

/** The book's title, and the names of its parts in reading order. */
function packageOf(part: Uint8Array | undefined, path: string): { title: string; spine: string[] } {
  const items = new Map<string, string>()
  const spine = new Set<string>()
  let title = ''
  let isTitle = false
  readXml(part, {
    open(name, attributes) {
      isTitle = name === 'dc:title' && title === ''
      if (name === 'item') items.set(attributes.id ?? '', attributes.href ?? '')
      const href = name === 'itemref' ? items.get(attributes.idref ?? '') : undefined
      const part = href && partOf(href, path)
      if (part) spine.add(part)
    },
    text(text) {
      if (isTitle) title += text
    },
    close() {
      isTitle = false
    },
  })
  return { title: title.trim(), spine: [...spine] }
}
