import type { OAuthError } from '../oauth/errors.ts'
import { html } from './html.ts'
import { page } from './layout.ts'

/** A refusal for a machine: the JSON object of RFC 6749 §5.2, never cached. */
export function refusalJson(error: OAuthError, more: Readonly<Record<string, string>> = {}): Response {
  return answerJson(error.status, error.toJSON(), { ...more, ...error.headers })
}

/** JSON that no cache keeps. */
export function answerJson(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })
}

/** The same refusal for a person: what happened in words, and the standard's word for whoever is asked about it. */
export function refusalPage(error: OAuthError): Response {
  return page({
    title: 'Request refused · CorpusIQ',
    status: error.status,
    headers: error.headers,
    body: html`<div class="card">
<h1>This request was refused</h1>
<p class="warning">${error.error_description}</p>
<p class="muted">Error: <code>${error.error}</code></p>
</div>`,
  })
}

export function notFoundPage(): Response {
  return page({
    title: 'Not found · CorpusIQ',
    status: 404,
    body: html`<div class="card">
<h1>There is nothing here</h1>
<p>The address may be mistyped, or the page is gone. <a href="/">To the start page</a></p>
</div>`,
  })
}

/**
 * For a host that is not ours. Whoever has just put a tunnel before a fresh server meets this page, so it says which
 * setting is missing. RFC 9110 §15.5.20: 421, "the request was directed at a server that is unable or unwilling to
 * produce an authoritative response for the target URI".
 */
export function misdirectedPage(host: string, resourceUrl: string): Response {
  const shown = host.length > 200 ? `${host.slice(0, 200)}…` : host
  return page({
    title: 'Unknown host · CorpusIQ',
    status: 421,
    body: html`<div class="card">
<h1>This server does not answer for this host</h1>
<p>The request was for <mark>${shown}</mark>, but CorpusIQ was told that its public address is
<mark>${resourceUrl}</mark>. It answers for no other name, so that no foreign page can reach it through your browser.</p>
<p>If this address is yours, for example that of a tunnel, set it, in the environment or in the file <code>.env</code>, and
start the server again:</p>
<pre><code>CORPUSIQ_OAUTH_RESOURCE_URL=https://${shown}</code></pre>
<p>Or put it behind the command that starts it:</p>
<pre><code>--oauth-resource-url https://${shown}</code></pre>
</div>`,
  })
}

/** For a fault of ours: nothing of it but the number under which the operator's log tells it. */
export function failurePage(
  status: number,
  request_id: string,
  headers: Readonly<Record<string, string>>,
): Response {
  return page({
    title: 'The server failed · CorpusIQ',
    status,
    headers,
    body: html`<div class="card">
<h1>Something went wrong on our side</h1>
<p>Please try again. If it happens again, the log of the server tells more under this number:</p>
<p><mark>${request_id}</mark></p>
</div>`,
  })
}
