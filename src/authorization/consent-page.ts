import type { Client } from '../oauth/client.ts'
import { identifyClient } from '../oauth/client-identity.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import { scopeInWords } from '../oauth/scope-words.ts'
import { html, type SafeHtml } from '../web/html.ts'
import { page } from '../web/layout.ts'
import { flagWarnings, receiverIntroduction, receiverNotice } from './identity-notice.ts'
import { DECISION_PATH, displayName } from './pages.ts'
import type { TransactionFields } from './transaction.ts'
import { reconnectingSteps } from './unknown-client-page.ts'

export type ConsentView = {
  readonly client: Pick<Client, 'metadata'>
  readonly redirect_uri: string
  readonly scope: string
  readonly username: string
  /** All of it was allowed before: one button, without the choice. */
  readonly again: boolean
  /** Where this consent lets a removed client back in: when it went (seconds), and the MCP server's address. */
  readonly removed?: { readonly at: number; readonly resource: string }
  readonly fields: TransactionFields
}

/** RFC 7591 §5: nothing a client says of itself is verified, so the host that receives the code stands beside its name. */
export function consentPage(view: ConsentView): Response {
  const { client, redirect_uri, scope, username, again, removed, fields } = view
  const name = displayName(client)
  const receiver = redirectHost(redirect_uri)
  const identity = identifyClient(client.metadata, redirect_uri)
  return page({
    title: `Allow ${name}? · CorpusIQ`,
    // Until the owner decides, the client is not registered: a program that only asks has to learn it.
    status: removed ? 400 : 200,
    body: html`<form class="card" method="post" action="${DECISION_PATH}">
<h1><bdi>${name}</bdi> ${again ? 'wants to continue' : 'asks for access to your documents'}</h1>
${removed && removalNotice(removed.at)}
<p>${receiverIntroduction(receiver)}</p>
<p class="host">${receiver.host}</p>
${receiverNotice(identity, redirect_uri, name)}
${flagWarnings(identity)}
<p>${again ? 'You allowed this before:' : 'If you allow it, it can:'}</p>
<ul class="scopes">
${scopeInWords(scope).map((words) => html`<li>${words}</li>\n`)}</ul>
<input type="hidden" name="transaction" value="${fields.transaction}">
<input type="hidden" name="token" value="${fields.token}">
<p class="muted">Signed in as <bdi>${username}</bdi>. ${
      again ? 'If you did not just start this, close the page.' : 'You can end the access at any time.'
    }</p>
${ownLinks(client.metadata, redirect_uri)}
<div class="actions">
<button class="primary" type="submit" name="decision" value="approve">${approveLabel(view)}</button>
${again ? undefined : html`<button type="submit" name="decision" value="deny">Deny</button>`}
</div>
${removed && html`<h2>Or start anew</h2>\n${reconnectingSteps(redirect_uri, removed.resource)}<p class="muted">Error: <code>invalid_client</code></p>`}
</form>`,
  })
}

function approveLabel({ again, removed }: ConsentView): string {
  if (removed) return 'Allow, and let it back in'
  return again ? 'Continue' : 'Allow'
}

function removalNotice(removed_at: number): SafeHtml {
  const day = new Date(removed_at * 1000).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  return html`<p class="warning">This client was removed from this server on ${day}. If you allow it, it is let back in. Deny it if you want it to stay away.</p>`
}

const LINKS = [
  ['client_uri', 'website'],
  ['policy_uri', 'privacy policy'],
  ['tos_uri', 'terms of service'],
] as const

/**
 * RFC 7591 §2: the server "SHOULD display this URL to the end-user". §5 warns of it, and of URLs that borrow another's
 * standing: so only those on the very host that gets the code, as links that tell it nothing. No picture is loaded.
 */
function ownLinks(metadata: ClientMetadata, redirect_uri: string): SafeHtml | undefined {
  const receiver = new URL(redirect_uri)
  const links = LINKS.flatMap(([member, label]) => {
    const uri = metadata[member]
    if (uri === undefined || receiver.protocol !== 'https:' || new URL(uri).origin !== receiver.origin)
      return []
    return html` <a href="${uri}" target="_blank" rel="noopener noreferrer nofollow">${label}</a>`
  })
  return links.length === 0 ? undefined : html`<p class="muted">On ${receiver.host}:${links}</p>`
}
