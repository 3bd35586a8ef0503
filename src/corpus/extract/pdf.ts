import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { getDocumentProxy, getResolvedPDFJS } from 'unpdf'
import { type Draft, joinPages, Refused } from './format.ts'

/** More than any book has. */
const MOST_PAGES = 10_000

/** Pages that are looked at to see why there is no text. */
const LOOKED_AT = 3

/** Bytes within which a PDF says that it is one; mail programs write lines before it. */
const HEAD = 1024

/**
 * Holds Adobe's character maps: what the bytes of a text are that was made with Chinese, Japanese or Korean fonts which
 * the file does not hold. Large and seldom needed, so that whoever has such files installs it beside us.
 */
const MAPS = 'pdfjs-dist'

/** Looked for once, with the first PDF. */
const INSTALLED = installedMaps()

const UNKNOWN = 'its fonts do not say which characters they show'
const PICTURES = 'it holds pictures of text only'

/** The text of a PDF, page by page. `maps`: the folder of character maps, where there is one. */
export async function readPdf(bytes: Uint8Array, maps = INSTALLED): Promise<Draft> {
  const pdf = await open(bytes, maps)
  try {
    if (pdf.numPages > MOST_PAGES) throw new Refused(`it has more than ${MOST_PAGES} pages`)
    const pages: string[] = []
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number)
      const { items } = await page.getTextContent()
      pages.push(textOf(items))
      page.cleanup()
    }
    if (pages.every((page) => page.trim() === '')) {
      const isShown = await showsText(pdf)
      const install =
        isShown && maps === undefined ? `, or npm install ${MAPS} if it is Chinese, Japanese or Korean` : ''
      throw new Refused(
        `${isShown ? UNKNOWN : PICTURES}: let a program for text recognition (OCR) go over it${install}`,
      )
    }
    const { info } = await pdf.getMetadata().catch(() => ({ info: {} }))
    const title = 'Title' in info && typeof info.Title === 'string' ? info.Title : ''
    return { title: isTitle(title) ? title : '', ...joinPages(pages) }
  } finally {
    await pdf.loadingTask.destroy()
  }
}

/** Whether pages of which no text could be had show some nevertheless: fonts of their own numbers, without a table. */
async function showsText(pdf: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { OPS } = await getResolvedPDFJS()
  for (let number = 1; number <= Math.min(pdf.numPages, LOOKED_AT); number++) {
    const { fnArray } = await (await pdf.getPage(number)).getOperatorList()
    if (fnArray.includes(OPS.showText)) return true
  }
  return false
}

/** With a slash at its end; undefined where the package is not installed. */
function installedMaps(): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve(`${MAPS}/package.json`)
    return `${dirname(file).replaceAll('\\', '/')}/cmaps/`
  } catch {
    return undefined
  }
}

async function open(bytes: Uint8Array, maps: string | undefined): ReturnType<typeof getDocumentProxy> {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, HEAD))
  if (!head.includes('%PDF-')) throw new Refused('it is no PDF, whatever its name says')
  try {
    const all = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return await getDocumentProxy(all, { verbosity: 0, ...(maps !== undefined && { cMapUrl: maps }) })
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'PasswordException') {
      throw new Refused('it is encrypted: save a copy without a password')
    }
    if (fault instanceof Error && fault.name === 'InvalidPDFException') {
      throw new Refused('it is cut off or damaged')
    }
    throw fault
  }
}

/** Lines as they stand; a word that is parted at a line's end is whole again. */
function textOf(items: readonly object[]): string {
  let text = ''
  for (const item of items) {
    if ('str' in item && typeof item.str === 'string') text += item.str
    if ('hasEOL' in item && item.hasEOL === true) text += '\n'
  }
  // A text whose letters have accents of their own may have an acute in the place of an apostrophe (l´eau).
  const accents = /[À-ÖØ-öø-ÿ]/.test(text) ? /([¨ˆ˜ˇ˚])([a-zA-Zı])/g : /([¨ˆ˜ˇ˚´])([a-zA-Zı])/g
  return text
    .replace(/(\p{Ll})-\n(\p{Ll})/gu, '$1$2')
    .replace(accents, (both, accent: string, letter: string) => accented(accent, letter) ?? both)
}

const COMBINING: ReadonlyMap<string, string> = new Map([
  ['¨', '\u0308'],
  ['´', '\u0301'],
  ['ˆ', '\u0302'],
  ['˜', '\u0303'],
  ['ˇ', '\u030c'],
  ['˚', '\u030a'],
])

/** TeX's older fonts print a letter over an accent; both are one character, if there is such a one. */
function accented(accent: string, letter: string): string | undefined {
  const composed = `${letter === 'ı' ? 'i' : letter}${COMBINING.get(accent)}`.normalize('NFC')
  return composed.length === 1 ? composed : undefined
}

/** Programs write their file's name there. */
function isTitle(title: string): boolean {
  return (
    title.trim() !== '' &&
    !/^untitled$|\.(?:docx?|tex|dvi|indd|pdf|pptx?|xlsx?)$|^Microsoft \w+ - /i.test(title.trim())
  )
}
