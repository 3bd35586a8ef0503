import { type Draft, joinPages, Refused } from './format.ts'
import { relations, titleOf } from './office.ts'
import { readXml } from './xml.ts'
import { unzip } from './zip.ts'

/** A presentation as Markdown: each slide's title as heading, its text, its notes. */
export function readPptx(bytes: Uint8Array): Draft {
  const parts = unzip(bytes, (name) => /^(?:ppt\/.*\.(?:xml|rels)|docProps\/core\.xml)$/i.test(name))
  if (!parts.has('ppt/presentation.xml')) throw new Refused('it is no presentation')
  const slides = slidesInOrder(parts).map((path) => {
    const { title, body } = paragraphsOf(parts.get(path))
    const notes = targetsOf(parts, path).find((target) => target.includes('notesSlide'))
    const said = notes ? paragraphsOf(parts.get(notes)).body : []
    return [title && `## ${title}`, ...body, ...(said.length > 0 ? ['', ...said] : [])].join('\n')
  })
  return { title: titleOf(parts.get('docProps/core.xml')), ...joinPages(slides) }
}

/** As they are shown; by their numbers where the presentation does not say. */
function slidesInOrder(parts: ReadonlyMap<string, Uint8Array>): string[] {
  const targets = relations(parts, 'ppt/presentation.xml')
  const shown: string[] = []
  readXml(parts.get('ppt/presentation.xml'), {
    open(name, attributes) {
      const target = name === 'p:sldId' ? targets.get(attributes['r:id'] ?? '') : undefined
      if (target && parts.has(target)) shown.push(target)
    },
  })
  if (shown.length > 0) return shown
  const number = (path: string) => Number(/(\d+)\.xml$/.exec(path)?.[1])
  return [...parts.keys()]
    .filter((path) => /^ppt\/slides\/slide\d+\.xml$/.test(path))
    .sort((a, b) => number(a) - number(b))
}

function targetsOf(parts: ReadonlyMap<string, Uint8Array>, path: string): string[] {
  return [...relations(parts, path).values()]
}

/** The paragraphs of a slide; its title apart. */
function paragraphsOf(part: Uint8Array | undefined): { title: string; body: string[] } {
  const title: string[] = []
  const body: string[] = []
  let isTitle = false
  let isText = false
  let isNumber = false
  let line = ''
  let cells: string[] | undefined
  readXml(part, {
    open(name, attributes) {
      // Shapes, tables, pictures: the next one is no title before it says so.
      if (name === 'p:nvPr') isTitle = false
      else if (name === 'a:tr') cells = []
      else if (name === 'a:fld') isNumber = attributes.type === 'slidenum'
      else if (name === 'p:ph') isTitle = attributes.type === 'title' || attributes.type === 'ctrTitle'
      else if (name === 'a:t') isText = true
      else if (name === 'a:br') line += ' '
    },
    text(text) {
      if (isText && !isNumber) line += text
    },
    close(name) {
      if (name === 'a:t') isText = false
      else if (name === 'a:fld') isNumber = false
      else if (name === 'a:tc') {
        cells?.push(line.trim())
        line = ''
      } else if (name === 'a:tr') {
        const row = cells?.filter(Boolean).join(' | ') ?? ''
        cells = undefined
        if (row !== '') body.push(row)
      } else if (name === 'a:p' && cells) line += ' '
      else if (name === 'a:p') {
        if (line.trim() !== '') (isTitle ? title : body).push(line.trim())
        line = ''
      }
    },
  })
  return { title: title.join(' '), body }
}
