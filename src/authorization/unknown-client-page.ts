import { html, type SafeHtml } from '../web/html.ts'
import { page } from '../web/layout.ts'
import { namedAt, type Reconnecting, reconnectingAt } from './reconnecting.ts'

export type UnknownClientView = {
  readonly client_id: string
  /** As the request has it: it only chooses the words. */
  readonly redirect_uri: string | undefined
  /** The MCP server's address. */
  readonly resource: string
  /** Where the owner signs in to let it back in, if it may come back. */
  readonly sign_in?: string | undefined
}

/**
 * A dead client id. Clients keep them, and the browser is where it comes out (RFC 6749 §4.1.2.1: "MUST NOT automatically
 * redirect"): so the page tells the person what to do in the client that it was.
 */
export function unknownClientPage({
  client_id,
  redirect_uri = '',
  resource,
  sign_in,
}: UnknownClientView): Response {
  return page({
    title: 'Unknown client · CorpusIQ',
    status: 400,
    body: html`<section class="card">
<h1>This client is not registered here</h1>
<p>The program that sent you here uses a registration that this server does not have, or no longer has. It has to forget it and register anew.</p>
<h2>What to do</h2>
${reconnectingSteps(redirect_uri, resource)}
${sign_in !== undefined && html`<p>It was registered here once. If you are the owner of this server, you can also let it back in: <a href="${sign_in}">sign in</a>.</p>`}
<p class="muted">Error: <code>invalid_client</code>, client_id <code>${bounded(client_id)}</code></p>
</section>`,
  })
}

/** What to click in the client that the address belongs to, and in any other one. */
export function reconnectingSteps(redirect_uri: string, resource: string): SafeHtml {
  const rows = reconnectingAt(redirect_uri)
  return html`${rows.map((row) => inOne(row, rows.length === 1, resource))}${inAny(rows.length > 0, namedAt(redirect_uri), resource)}`
}

function inOne({ client, steps }: Reconnecting, alone: boolean, resource: string): SafeHtml {
  return html`<p>${alone ? 'In' : 'If it was'} <strong>${client}</strong>: ${inCode(steps.replace('{address}', `\`${resource}\``))}.</p>\n`
}

function inAny(isLast: boolean, name: string | undefined, resource: string): SafeHtml {
  const where = isLast ? 'If it was another program, or that did not help' : `In ${name ?? 'that program'}`
  return html`<p>${where}: remove this server (or connector) and add it again, with the address <code>${resource}</code>. It will then register anew.</p>`
}

/** Every second part stands between backticks. */
function inCode(text: string): SafeHtml {
  return html`${text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`
}

function bounded(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
