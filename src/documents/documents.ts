import type { Corpus, CorpusDocument } from '../corpus/corpus.ts'
import type { SignedIn } from '../oauth/grant.ts'
import type { Handler, Route, SignIn } from '../web/handler.ts'
import { html, type SafeHtml } from '../web/html.ts'
import { page } from '../web/layout.ts'

export type DocumentsDependencies = {
  corpus: Pick<Corpus, 'fetch'>
  currentAccount: (request: Request) => Promise<SignedIn | undefined>
  signIn: SignIn
}

/** Bytes of a document on one page: rendered in some 15 ms, and in 150 whatever is in it, so that no token waits long. */
const PAGE = 40_000

/**
 * `GET /documents/:id`: the page that a search result's `url` names, for the signed-in person; with `?passage=` the
 * passage of that number marked, with `?offset=` another part of a long document. Who isn't signed in is sent to sign in
 * whatever the id, so that an id tells a stranger nothing.
 */
export function documentRoutes({ corpus, currentAccount, signIn }: DocumentsDependencies): Route[] {
  const handler: Handler = async (request, context) => {
    if (!(await currentAccount(request))) return signIn(context)
    const id = context.parameter
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return notFound()
    const asked = new URLSearchParams(context.query)
    const [passage, offset] = [numberOf(asked.get('passage')), numberOf(asked.get('offset'))]
    const part = {
      bytes: PAGE,
      ...(passage !== undefined && { passage }),
      ...(offset !== undefined && { offset }),
    }
    const document = await corpus.fetch(id, part)
    return document ? documentPage(withinView(document)) : notFound()
  }
  return [{ method: 'GET', path: '/documents/:id', surface: 'browser', handler }]
}

/** The document with its mark, where the part that is shown holds it. */
function withinView({ marked, ...document }: CorpusDocument): CorpusDocument {
  const isSeen = marked && marked.start >= 0 && marked.end <= document.text.length
  return isSeen ? { ...document, marked } : document
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

async function documentPage(document: CorpusDocument): Promise<Response> {
  const { title, path, origin, modified, marked } = document
  const place = [marked?.page !== undefined && `page ${marked.page}`, marked?.heading]
    .filter(Boolean)
    .join(', ')
  return page({
    title,
    body: html`<article class="document">
<h1>${title}</h1>
<p class="origin">${path}${origin !== undefined && `, from ${origin}`}, changed <time datetime="${modified}">${modified.slice(0, 10)}</time></p>
${marked && html`<p class="origin"><a href="#passage">To the passage that was found</a>${place && ` (${place})`}</p>`}
${parts(document)}
${await content(document)}
${parts(document)}
</article>`,
  })
}

/** Files whose lines end where their writer's editor wrapped them; of others (mail, rows of a sheet) a line is a line. */
const FLOWING = /\.(?:md|markdown|mdown|mkd|mdx|qmd|rmd|ipynb|html?|xhtml|epub)$/i

/** Nothing of a document is markup of ours, whatever it is (CWE-79). */
async function content({ media_type, path, text, marked }: CorpusDocument): Promise<SafeHtml> {
  if (media_type === 'text/markdown') {
    // Loaded for the first page that needs it: a server that only machines talk to does without its memory.
    const { renderMarkdown } = await import('./markdown.ts')
    return html`<div class="text">${renderMarkdown(text, marked, !FLOWING.test(path))}</div>`
  }
  if (!marked) return html`<pre class="text">${text}</pre>`
  const [before, passage, after] = [
    text.slice(0, marked.start),
    text.slice(marked.start, marked.end),
    text.slice(marked.end),
  ]
  return html`<pre class="text">${before}<mark id="passage">${passage}</mark>${after}</pre>`
}

/** Links to what is before and after, for a document of several pages. */
function parts({ id, text, offset, length }: CorpusDocument): SafeHtml | undefined {
  const next = offset + text.length
  if (offset === 0 && next >= length) return undefined
  const link = (to: number, words: string) => html`<a href="/documents/${id}?offset=${to}">${words}</a>`
  return html`<p class="origin">A long document: characters ${count(offset)} to ${count(next)} of ${count(length)}.
${offset > 0 && html`${link(0, 'Beginning')} ${link(Math.max(0, offset - text.length), 'Earlier')}`}
${next < length && link(next, 'Later')}</p>`
}

function count(characters: number): string {
  return characters.toLocaleString('en')
}

function notFound(): Response {
  return page({
    title: 'No such document',
    status: 404,
    body: html`<h1>No such document</h1>
<p>It may have been renamed or deleted since it was cited. Search for its words again.</p>`,
  })
}
