import { zipSync } from 'fflate'
import mammoth from 'mammoth'
import { withoutHidden } from './docx-hidden.ts'
import { type Draft, Refused } from './format.ts'
import { extractHtml } from './html.ts'
import { refuseDoctype, titleOf } from './office.ts'
import { unzip } from './zip.ts'

/** A document's title is its first heading. */
const STYLES = ["p[style-name='Title'] => h1:fresh"]

/** The parts whose text the library reads. */
const TEXTS = /^word\/(?:document\d*|footnotes|endnotes)\.xml$/i

/** The arrow from a note back to its place. */
const BACK = / ?<a href="#(?:foot|end)note-ref-[^"]{1,20}">↑<\/a>/g

/**
 * A Word document as Markdown: headings, lists, tables, notes. The library unpacks without a bound, so that it gets
 * the parts unpacked by us, without the pictures.
 */
export async function readDocx(bytes: Uint8Array): Promise<Draft> {
  const parts = unzip(bytes, (name) => /\.(?:xml|rels)$/i.test(name))
  for (const [name, part] of parts) {
    refuseDoctype(part)
    if (TEXTS.test(name)) parts.set(name, withoutHidden(part))
  }
  const buffer = Buffer.from(zipSync(Object.fromEntries(parts), { level: 0 }))
  const { value } = await mammoth.convertToHtml({ buffer }, { styleMap: STYLES }).catch(() => {
    throw new Refused('it is no Word document, or a damaged one')
  })
  const { title, text } = extractHtml(value.replace(BACK, ''))
  return { title: titleOf(parts.get('docProps/core.xml')) || title, text }
}
