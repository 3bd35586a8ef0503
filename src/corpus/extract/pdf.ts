import { getDocumentProxy } from 'unpdf'
import { type Draft, joinPages, Refused } from './format.ts'

/** More than any book has. */
const MOST_PAGES = 10_000

/** The text of a PDF, page by page. */
export async function readPdf(bytes: Uint8Array): Promise<Draft> {
  const pdf = await open(bytes)
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
      throw new Refused('it holds pictures of text only: let a program for text recognition (OCR) go over it')
    }
    const { info } = await pdf.getMetadata().catch(() => ({ info: {} }))
    const title = 'Title' in info && typeof info.Title === 'string' ? info.Title : ''
    return { title: isTitle(title) ? title : '', ...joinPages(pages) }
  } finally {
    await pdf.loadingTask.destroy()
  }
}

async function open(bytes: Uint8Array): ReturnType<typeof getDocumentProxy> {
  try {
    return await getDocumentProxy(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      verbosity: 0,
    })
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'PasswordException') {
      throw new Refused('it is encrypted: save a copy without a password')
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
  return text.replace(/(\p{Ll})-\n(\p{Ll})/gu, '$1$2')
}

/** Programs write their file's name there. */
function isTitle(title: string): boolean {
  return (
    title.trim() !== '' &&
    !/^untitled$|\.(?:docx?|tex|dvi|indd|pdf|pptx?|xlsx?)$|^Microsoft \w+ - /i.test(title.trim())
  )
}
