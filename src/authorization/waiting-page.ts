import { redirectHost } from '../oauth/redirect-uri.ts'
import { html, type SafeHtml } from '../web/html.ts'
import { page } from '../web/layout.ts'
import type { ApprovalFields } from './approval.ts'

/** Where the owner's approval is sent. */
export const APPROVAL_PATH = '/authorize/approval'

export type WaitingView = {
  readonly client_id: string
  readonly clientName: string
  readonly redirect_uris: readonly string[]
  /** The very request, to be made again. */
  readonly again: string
  /** For whoever is signed in: what approves it at once. Else the way to sign in. */
  readonly approval: { readonly username: string; readonly fields: ApprovalFields } | undefined
  readonly signInPath: string
}

/**
 * Nobody approved this client yet. It says so to whoever comes with it; the owner can end the wait here, everybody else
 * goes on from here once it is done. All that the client can send codes to is named: that is what is approved.
 */
export function waitingPage(view: WaitingView): Response {
  const { client_id, clientName, again, approval, signInPath } = view
  const hosts = [...new Set(view.redirect_uris.map((uri) => redirectHost(uri).host))]
  return page({
    title: `${clientName} waits for approval · CorpusIQ`,
    status: 403,
    body: html`<section class="card">
<h1><bdi>${clientName}</bdi> waits for approval</h1>
<p>It registered here, and the owner of this server has to approve it before it can ask for access. What it gets access to would go to</p>
${hosts.map((host) => html`<p class="host">${host}</p>\n`)}
<p class="warning">Nobody has checked the name <bdi>${clientName}</bdi>. Approve it only if you know who started this, and recognise the address.</p>
${approval ? approvalForm(approval.fields, approval.username) : html`<p>You are the owner? <a href="${signInPath}">Sign in to approve it</a>.</p>`}
<p>Once it is approved, go on from here: <a href="${again}">Try again</a></p>
<p class="muted">Error: <code>unauthorized_client</code>, client_id <code>${client_id}</code></p>
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
