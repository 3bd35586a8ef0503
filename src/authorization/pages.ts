import type { Client } from '../oauth/client.ts'
import { clientName } from '../oauth/client-name.ts'
import type { OAuthError } from '../oauth/errors.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import { html } from '../web/html.ts'
import { page } from '../web/layout.ts'

/** Where the decision is sent. */
export const DECISION_PATH = '/authorize/decision'

/** The client's name as it may stand on a page: without invisible characters and those that turn the text around them. */
export function displayName({ metadata }: Pick<Client, 'metadata'>): string {
  const name = clientName(metadata)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, '')
    .trim()
  return name === '' ? clientName({ redirect_uris: metadata.redirect_uris }) : name.slice(0, 200)
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
