import { Parser } from 'htmlparser2'
import { Refused, refuseLong } from './format.ts'

/** Deeper than any document. */
const DEPTH = 512

export type XmlReader = {
  open?: (name: string, attributes: Readonly<Record<string, string>>, start: number) => void
  text?: (text: string) => void
  close?: (name: string, end: number) => void
}

/**
 * Reads an XML part from its beginning to its end. Only the five entities of XML itself mean anything: none is defined
 * by a document, none is fetched (CWE-611, CWE-776). Throws where elements nest too deep, where it holds too much text,
 * and where it ends before its first element does. The places handed out are those of its source, in characters.
 */
export function readXml(bytes: Uint8Array | undefined, reader: XmlReader): void {
  if (!bytes) return
  let depth = 0
  let length = 0
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth++
        if (depth > DEPTH) throw new Refused(`its elements nest deeper than ${DEPTH}`)
        reader.open?.(name, attributes, parser.startIndex)
      },
      ontext(text) {
        // Before the first element there is at most what is left of a document type.
        if (depth === 0) return
        length += text.length
        refuseLong(length)
        reader.text?.(text)
      },
      onclosetag(name, isImplied) {
        depth--
        if (depth === 0 && isImplied) throw new Refused('it is damaged: a part of it ends too early')
        reader.close?.(name, parser.endIndex + 1)
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  parser.end(xmlSource(bytes))
}

/** XML is UTF-8, or UTF-16 with its mark. */
export function xmlSource(bytes: Uint8Array): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  const encoding = isUtf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}
