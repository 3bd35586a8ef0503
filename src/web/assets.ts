import type { SignedIn } from '../oauth/grant.ts'
import type { Settings } from '../ops/settings.ts'
import { fixedDocument } from './fixed-document.ts'
import type { Route } from './handler.ts'
import { html } from './html.ts'
import { page } from './layout.ts'
import { STYLESHEET } from './stylesheet.ts'

/** Seconds: an hour, and a release changes the tag. */
const MAX_AGE = 3600

/** What the edge serves on its own: the stylesheet, the start page, and a picture that is not there. */
export function edgeRoutes({
  settings,
  currentAccount = async () => undefined,
}: {
  settings: Settings
  currentAccount?: (request: Request) => Promise<SignedIn | undefined>
}): Route[] {
  const stylesheet = fixedDocument({
    body: STYLESHEET,
    contentType: 'text/css; charset=utf-8',
    maxAge: MAX_AGE,
  })
  return [
    {
      method: 'GET',
      path: '/',
      surface: 'browser',
      handler: async (request) => startPage(settings, (await currentAccount(request)) !== undefined),
    },
    { method: 'GET', path: '/assets/style.css', surface: 'browser', handler: stylesheet, fixed: true },
    { method: 'GET', path: '/favicon.ico', surface: 'browser', handler: noPicture, fixed: true },
  ]
}

function noPicture(): Response {
  return new Response(null, { status: 204, headers: { 'cache-control': `public, max-age=${MAX_AGE}` } })
}

/** For whoever opens the server's address in a browser; nothing that is not public anyway. */
function startPage(settings: Settings, signedIn: boolean): Response {
  return page({
    title: 'CorpusIQ',
    body: html`<div class="card">
<h1>CorpusIQ</h1>
<p>This server lets ChatGPT, Claude and other MCP clients search and read a private collection of documents, after its
owner has signed in and agreed. It is running.</p>
<h2>To connect a client</h2>
<p>Add a connector (an MCP server) with this address. It finds out the rest on its own.</p>
<pre><code>${settings.resource}</code></pre>
${signedIn && html`<h2>For you</h2>\n<p><a href="/connections">Who is connected</a></p>`}
${settings.registrationAccess === 'closed' && html`<p class="muted">New clients cannot register themselves here.</p>`}
</div>`,
  })
}
