import { zipSync } from 'fflate'
import mammoth from 'mammoth'
import { type Draft, Refused } from './format.ts'
import { extractHtml } from './html.ts'
import { readXml } from './xml.ts'
import { unzip } from './zip.ts'

/**
 * A Word document as Markdown: headings, lists, tables, notes. The library unpacks without a bound, so that it gets
 * the parts unpacked by us, without the pictures.
 */
export async function readDocx(bytes: Uint8Array): Promise<Draft> {
  const parts = unzip(bytes, (name) => /\.(?:xml|rels)$/i.test(name))
  for (const part of parts.values()) refuseDoctype(part)
  const buffer = Buffer.from(zipSync(Object.fromEntries(parts), { level: 0 }))
  const { value } = await mammoth.convertToHtml({ buffer }, { styleMap: ['comment-reference => !'] })
  const { title, text } = extractHtml(value)
  return { title: titleOf(parts.get('docProps/core.xml')) || title, text }
}

/** Office files have none; an XML parser of a library might obey it. */
export function refuseDoctype(part: Uint8Array): void {
  if (Buffer.from(part.buffer, part.byteOffset, part.byteLength).includes('<!DOCTYPE')) {
    throw new Refused('its XML declares a document type, which no such file has')
  }
}

/** `dc:title` of Office's and OpenDocument's properties. */
export function titleOf(properties: Uint8Array | undefined): string {
  let title = ''
  let isTitle = false
  readXml(properties, {
    open: (name) => {
      isTitle = name === 'dc:title'
    },
    text: (text) => {
      if (isTitle) title += text
    },
    close: () => {
      isTitle = false
    },
  })
  return title.trim()
}
