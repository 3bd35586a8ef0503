import { isProbablyReaderable, Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'
import type { Draft } from './format.ts'
import { hidingSelectors, isHidden } from './hidden.ts'
import { extractHtml } from './html.ts'

/** What an article is left with at least, of the page's text; else the page is not about one article. */
const SHARE = 0.4
/** What stands around articles. */
const FURNITURE = /<(?:nav|header|footer|aside)\b|role=["']?(?:navigation|banner|complementary)/i

/**
 * A web page as Markdown: of a page with an article and what stands around it (menus, teasers, footers) the article,
 * of any other all that it shows.
 */
export function readPage(source: string): Draft {
  const whole = extractHtml(source)
  const article = FURNITURE.test(source) ? articleOf(source) : undefined
  return article !== undefined && article.length >= SHARE * whole.text.length
    ? { title: whole.title, text: article }
    : whole
}

function articleOf(source: string): string | undefined {
  const { document } = parseHTML(source)
  if (!document.body || !isProbablyReaderable(document)) return undefined
  // First, as it drops the classes and styles that hide an element.
  const sheets = [...document.querySelectorAll('style')].map((sheet) => sheet.textContent ?? '').join('\n')
  const hiding = hidingSelectors(sheets)
  for (const element of document.querySelectorAll('body *')) {
    const attributes = Object.fromEntries(
      [...element.attributes].map(({ name, value }) => [name.toLowerCase(), value]),
    )
    if (isHidden(element.localName.toLowerCase(), attributes, hiding)) element.remove()
  }
  const content = new Readability(document).parse()?.content
  return content ? extractHtml(content).text : undefined
}
