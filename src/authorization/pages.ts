import { domainToUnicode } from 'node:url'
import type { Client } from '../oauth/client.ts'
import { clientName } from '../oauth/client-name.ts'
import type { OAuthError } from '../oauth/errors.ts'
import { verifiedClient } from '../oauth/known-clients.ts'
import { type RedirectHost, redirectHost } from '../oauth/redirect-uri.ts'
import { html, type SafeHtml } from '../web/html.ts'
import { page } from '../web/layout.ts'
import type { TransactionFields } from './transaction.ts'

export type ConsentView = {
  readonly clientName: string
  readonly redirect_uri: string
  readonly scope: string
  readonly username: string
  /** All of it was allowed before: one button, without the choice. */
  readonly again: boolean
  readonly fields: TransactionFields
}

/** Where the decision is sent. */
export const DECISION_PATH = '/authorize/decision'

/** RFC 7591 §5: nothing a client says of itself is verified, so the host that receives the code stands beside its name. */
export function consentPage(view: ConsentView): Response {
  const { clientName, scope, username, again, fields } = view
  const receiver = redirectHost(view.redirect_uri)
  return page({
    title: `Allow ${clientName}? · CorpusIQ`,
    body: html`<form class="card" method="post" action="${DECISION_PATH}">
<h1><bdi>${clientName}</bdi> ${again ? 'wants to continue' : 'asks for access to your documents'}</h1>
<p>${receiverIntroduction(receiver)}</p>
<p class="host">${receiver.host}</p>
${receiverNotice(receiver, view.redirect_uri, clientName)}
<p>${again ? 'You allowed this before:' : 'If you allow it, it can:'}</p>
<ul class="scopes">
${scope.split(' ').map((word) => html`<li>${scopeInWords(word)}</li>\n`)}</ul>
<input type="hidden" name="transaction" value="${fields.transaction}">
<input type="hidden" name="token" value="${fields.token}">
<p class="muted">Signed in as <bdi>${username}</bdi>. ${
      again ? 'If you did not just start this, close the page.' : 'You can end the access at any time.'
    }</p>
<div class="actions">
<button class="primary" type="submit" name="decision" value="approve">${again ? 'Continue' : 'Allow'}</button>
${again ? undefined : html`<button type="submit" name="decision" value="deny">Deny</button>`}
</div>
</form>`,
  })
}

function receiverIntroduction({ kind }: RedirectHost): string {
  if (kind === 'loopback') return 'The access goes to a program on this device, at'
  if (kind === 'private') return 'The access goes to the app on this device that opens links beginning with'
  return 'The access goes to'
}

function receiverNotice({ kind, host }: RedirectHost, redirect_uri: string, clientName: string): SafeHtml {
  if (kind === 'loopback') {
    return html`<p class="warning">Any program on this device can stand behind this address. Allow it only if you have just started to connect <bdi>${clientName}</bdi> yourself, on this device.</p>`
  }
  if (kind === 'private') {
    return html`<p class="warning">Any app can lay claim to such links. Allow it only if you have just started to connect <bdi>${clientName}</bdi> yourself, on this device.</p>`
  }
  const known = verifiedClient(redirect_uri)
  if (known !== undefined) return html`<p class="muted">This is an address of ${known}.</p>`
  return html`<p class="warning">CorpusIQ does not know this address, and nobody has checked the name <bdi>${clientName}</bdi>. Allow it only if you recognise the address.</p>
${foreignLetters(host)}`
}

/** A host in other letters is shown as the network knows it; what it looks like is said beside. */
function foreignLetters(host: string): SafeHtml | undefined {
  if (!/(^|\.)xn--/.test(host)) return undefined
  return html`<p class="warning">Elsewhere this address is shown as <bdi>${domainToUnicode(host.replace(/:\d+$/, ''))}</bdi>. Its letters may look like those of another address.</p>`
}

const SCOPE_WORDS: Record<string, string> = {
  'corpus:read': 'read the documents of your collection',
  'corpus:search': 'search in your documents',
  offline_access: 'do so until you end the access, also while you are away',
}

function scopeInWords(word: string): string {
  return SCOPE_WORDS[word] ?? word
}

/** The client's name as it may stand on a page: without invisible characters and those that turn the text around them. */
export function displayName({ metadata }: Client): string {
  const name = clientName(metadata)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, '')
    .trim()
  return name === '' ? clientName({ redirect_uris: metadata.redirect_uris }) : name.slice(0, 200)
}

/** A dead client id: clients keep them, and the browser is where it comes out. */
export function unknownClientPage(client_id: string): Response {
  return page({
    title: 'Unknown client · CorpusIQ',
    status: 400,
    body: html`<section class="card">
<h1>This client is not registered here</h1>
<p>The program that sent you here uses a registration that this server does not have, or no longer has.</p>
<p><strong>What to do:</strong> in that program, remove this server (or connector) and add it again. It will then register anew.</p>
<p class="muted">Error: <code>invalid_client</code>, client_id <code>${bounded(client_id)}</code></p>
</section>`,
  })
}

export type Refusal = {
  readonly refusal: OAuthError
  /** Where the client waits for the answer, if it may have one. */
  readonly location?: string
  readonly redirect_uri?: string
}

/** A refusal shown here, because the address is in doubt or nobody has allowed the client before (RFC 9700 §4.11.2). */
export function refusalPage({ refusal, location, redirect_uri }: Refusal): Response {
  const host = redirect_uri === undefined ? undefined : redirectHost(redirect_uri).host
  return page({
    title: 'This cannot go on · CorpusIQ',
    status: refusal.status,
    headers: { ...refusal.headers },
    body: html`<section class="card">
<h1>This cannot go on</h1>
<p>What is wrong: ${refusal.error_description}.</p>
<p>Start again in the program that sent you here. If it happens again, its makers have to know this text.</p>
${
  location !== undefined &&
  html`<p><a href="${location}" rel="noreferrer">Return to ${host}</a> with this answer. Only do so if you know this address.</p>`
}
<p class="muted">Error: <code>${refusal.error}</code></p>
</section>`,
  })
}

function bounded(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
