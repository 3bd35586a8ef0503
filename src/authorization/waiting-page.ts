import type { Client } from '../oauth/client.ts'
import { identifyClient } from '../oauth/client-identity.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import { html, type SafeHtml } from '../web/html.ts'
import { page } from '../web/layout.ts'
import type { ApprovalFields } from './approval.ts'
import { flagWarnings, receiverIntroduction, receiverNotice } from './identity-notice.ts'
import { displayName } from './pages.ts'

/** Where the owner's approval is sent. */
export const APPROVAL_PATH = '/authorize/approval'

export type WaitingView = {
  readonly client: Client
  /** That of the request. */
  readonly redirect_uri: string
  /** The very request, to be made again. */
  readonly again: string
  /** For whoever is signed in: what approves it at once. Else the way to sign in. */
  readonly approval: { readonly username: string; readonly fields: ApprovalFields } | undefined
  readonly signInPath: string
}

/**
 * Nobody approved this client yet. It says so to whoever comes with it; the owner can end the wait here, everybody else
 * goes on from here once it is done. Every host that the client can have codes sent to is named: that is what is approved.
 */
export function waitingPage(view: WaitingView): Response {
  const { client, redirect_uri, again, approval, signInPath } = view
  const name = displayName(client)
  const identity = identifyClient(client.metadata, redirect_uri)
  const receiver = redirectHost(redirect_uri)
  const hosts = new Set(client.metadata.redirect_uris.map((uri) => redirectHost(uri).host))
  hosts.delete(receiver.host)
  return page({
    title: `${name} waits for approval · CorpusIQ`,
    status: 403,
    body: html`<section class="card">
<h1><bdi>${name}</bdi> waits for approval</h1>
<p>It registered here, and the owner of this server has to approve it before it can ask for access.</p>
<p>${receiverIntroduction(receiver)}</p>
<p class="host">${receiver.host}</p>
${receiverNotice(identity, redirect_uri, name)}
${flagWarnings(identity)}
${hosts.size > 0 && html`<p>It may also have it go to</p>\n${[...hosts].map((host) => html`<p class="host">${host}</p>\n`)}`}
${approval ? approvalForm(approval.fields, approval.username) : html`<p>You are the owner? <a href="${signInPath}">Sign in to approve it</a>.</p>`}
<p>Once it is approved, go on from here: <a href="${again}">Try again</a></p>
<p class="muted">Error: <code>unauthorized_client</code>, client_id <code>${client.client_id}</code></p>
</section>`,
  })
}

function approvalForm(fields: ApprovalFields, username: string): SafeHtml {
  return html`<form method="post" action="${APPROVAL_PATH}">
<input type="hidden" name="approval" value="${fields.approval}">
<input type="hidden" name="token" value="${fields.token}">
<p class="muted">Signed in as <bdi>${username}</bdi>. You will be asked afterwards what it may do.</p>
<div class="actions">
<button class="primary" type="submit">Approve this client</button>
</div>
</form>`
}
