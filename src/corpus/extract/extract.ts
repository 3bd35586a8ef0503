import { messageOf } from '../../ops/fault.ts'
import { cleanText, cleanTitle } from './characters.ts'
import { decode } from './encoding.ts'
import { type Draft, type Format, Refused, refuseLong } from './format.ts'
import { formatOf } from './formats.ts'
import { endingOf } from './name.ts'

/** Bytes of a file that is read in no time, if its format is a simple one. */
const SMALL = 256 * 1024

export type Extracted = {
  readonly title: string
  readonly text: string
  readonly media_type: string
  /** Where in the text pages, slides or sheets begin, for a format that has them. */
  readonly pages?: readonly number[]
}

/** Whether reading such a file takes no time to speak of. */
export function isSmall(path: string, bytes: number): boolean {
  const format = formatOf(path)
  return bytes <= SMALL && format !== undefined && !('load' in format) && !('loadText' in format)
}

/** The document in a file's bytes, or in one sentence why there is none. Never rejects. */
export async function extract(path: string, bytes: Uint8Array): Promise<Extracted | { problem: string }> {
  const format = formatOf(path)
  if (!format) return { problem: 'a format that is not read' }
  if ('unread' in format) return { problem: format.unread }
  try {
    const draft = await draw(format, bytes)
    refuseLong(draft.text.length)
    return extracted(path, format.media_type, draft)
  } catch (fault) {
    if (fault instanceof Refused) return { problem: fault.message }
    return { problem: `it could not be read: ${cleanTitle(messageOf(fault))}` }
  }
}

async function draw(format: Exclude<Format, { unread: string }>, bytes: Uint8Array): Promise<Draft> {
  if ('load' in format) return (await format.load())(bytes)
  if ('loadText' in format) return (await format.loadText())(textOf(bytes))
  if (format.limit !== undefined && bytes.byteLength > format.limit) {
    throw new Refused(`larger than ${format.limit / 1024 / 1024} MiB, for a file of no known kind`)
  }
  return format.extract(textOf(bytes))
}

function textOf(bytes: Uint8Array): string {
  const source = decode(bytes)
  if (source === undefined) throw new Refused('not text')
  // Whatever a file is called: keys begin so, and nobody searches for them.
  if (/^\s{0,100}(?:-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File-)/.test(source)) {
    throw new Refused('a private key')
  }
  return source
}

function extracted(path: string, media_type: string, { title, text, pages }: Draft): Extracted {
  const titled = { title: cleanTitle(title) || titleOfName(path), media_type }
  if (!pages || pages.length === 0) return { ...titled, text: cleanText(text) }
  // Cleaning changes lengths: page by page, so that each still begins where it says.
  const parts = pages.map((start, index) => cleanText(text.slice(start, pages[index + 1])))
  const starts: number[] = []
  let length = 0
  for (const part of parts) {
    starts.push(length)
    length += part.length
  }
  return { ...titled, text: parts.join(''), pages: starts }
}

/** The title of a document that names none: its file's name, without the ending. */
export function titleOfName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const ending = endingOf(path)
  return cleanTitle(ending === '' ? name : name.slice(0, -ending.length - 1)) || 'Untitled'
}
