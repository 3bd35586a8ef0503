import type { Corpus, CorpusDocument } from '../corpus/corpus.ts'
import type { SignedIn } from '../oauth/grant.ts'
import type { Handler, Route, SignIn } from '../web/handler.ts'
import { html } from '../web/html.ts'
import { page } from '../web/layout.ts'

export type DocumentsDependencies = {
  corpus: Pick<Corpus, 'fetch'>
  currentAccount: (request: Request) => Promise<SignedIn | undefined>
  signIn: SignIn
}

/**
 * `GET /documents/:id`: the page that a search result's `url` names, for the signed-in person. Who isn't signed in is
 * sent to sign in whatever the id, so that an id tells a stranger nothing.
 */
export function documentRoutes({ corpus, currentAccount, signIn }: DocumentsDependencies): Route[] {
  const handler: Handler = async (request, context) => {
    if (!(await currentAccount(request))) return signIn(context)
    const id = context.parameter
    const document = /^[A-Za-z0-9_-]{1,64}$/.test(id) ? await corpus.fetch(id) : undefined
    return document ? documentPage(document) : notFound()
  }
  return [{ method: 'GET', path: '/documents/:id', surface: 'browser', handler }]
}

/** Text only, whatever the document is: nothing of it is markup here (CWE-79). */
function documentPage({ title, path, modified, text }: CorpusDocument): Response {
  return page({
    title,
    body: html`<article class="document">
<h1>${title}</h1>
<p class="origin">${path}, changed <time datetime="${modified}">${modified.slice(0, 10)}</time></p>
<pre class="text">${text}</pre>
</article>`,
  })
}

function notFound(): Response {
  return page({
    title: 'No such document',
    status: 404,
    body: html`<h1>No such document</h1>
<p>It may have been renamed or deleted since it was cited. Search for its words again.</p>`,
  })
}
