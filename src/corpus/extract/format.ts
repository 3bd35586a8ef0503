/** What a format draws out of a file: the title (empty where the file names none), and the text as Markdown or plain. */
export type Draft = {
  readonly title: string
  readonly text: string
  /** Where in the text pages, slides or sheets begin. */
  readonly pages?: readonly number[]
}

/** Draws a draft out of a file's decoded source. Pure; may throw. */
export type Extract = (source: string) => Draft

/** `media_type` is that of the text handed out: an HTML file's is the Markdown drawn from it. */
export type Format = {
  readonly media_type: string
} & ( // A module with a large library is loaded by the first file that needs it.
  | {
      readonly extract: Extract
      /** Bytes of a file beyond which it is none of these; the common limit where it is missing. */
      readonly limit?: number
    }
  | { readonly loadText: () => Promise<Extract> }
  | { readonly load: () => Promise<(bytes: Uint8Array) => Promise<Draft> | Draft> }
  /** People expect to find it, and it is not read: what they can do. */
  | { readonly unread: string }
)

/** Why a file is no document, in words for the person. */
export class Refused extends Error {}

/** Characters of text that a file may hold: about twenty thick books. */
const MOST_TEXT = 16 * 1024 * 1024

/** Throws where a file holds more text than that; asked while it is read, as a little file may unfold to any length. */
export function refuseLong(characters: number): void {
  if (characters > MOST_TEXT)
    throw new Refused(`it holds more than ${MOST_TEXT / 1024 / 1024} million characters`)
}

/** Text of pages one after the other, and where each begins. */
export function joinPages(pages: readonly string[]): { text: string; pages: number[] } {
  const starts: number[] = []
  let text = ''
  for (const page of pages) {
    if (text !== '') text += '\n\n'
    starts.push(text.length)
    text += page.trim()
  }
  return { text, pages: starts }
}
