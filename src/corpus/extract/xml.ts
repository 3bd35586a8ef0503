import { Parser } from 'htmlparser2'
import { Refused } from './format.ts'

/** Deeper than any document. */
const DEPTH = 512

export type XmlReader = {
  open?: (name: string, attributes: Readonly<Record<string, string>>) => void
  text?: (text: string) => void
  close?: (name: string) => void
}

/**
 * Reads an XML part from its beginning to its end. Only the five entities of XML itself mean anything: none is defined
 * by a document, none is fetched (CWE-611, CWE-776). Throws where elements nest too deep.
 */
export function readXml(bytes: Uint8Array | undefined, reader: XmlReader): void {
  if (!bytes) return
  let depth = 0
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth++
        if (depth > DEPTH) throw new Refused(`its elements nest deeper than ${DEPTH}`)
        reader.open?.(name, attributes)
      },
      ontext: (text) => reader.text?.(text),
      onclosetag(name) {
        depth--
        reader.close?.(name)
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  const encoding = isUtf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8'
  parser.end(new TextDecoder(encoding).decode(bytes))
}
