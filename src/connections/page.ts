import type { ClientIdentity } from '../oauth/client-identity.ts'
import { scopeInWords } from '../oauth/scope-words.ts'
import { html, type SafeHtml } from '../web/html.ts'
import { page } from '../web/layout.ts'

export type ClientView = {
  readonly client_id: string
  readonly revision: number
  readonly name: string
  readonly identity: ClientIdentity
  /** Where its codes may go. */
  readonly hosts: readonly string[]
  readonly scope: string
  readonly registered_at: number
  /** It comes from the clients file, and would come back. */
  readonly declared: boolean
  readonly token: string
}

export type GrantView = {
  readonly grant_id: string
  readonly scope: string
  readonly created_at: number
  readonly last_used_at: number
  readonly token: string
}

export type ConnectionView = ClientView & { readonly grants: GrantView[] }

export type ConnectionsView = {
  readonly username: string
  readonly connected: readonly ConnectionView[]
  readonly waiting: readonly ClientView[]
  /** Where the next page begins. */
  readonly next?: string | undefined
}

/** Whatever comes from a client is text, escaped; each button is a form of its own. */
export function connectionsPage({ username, connected, waiting, next }: ConnectionsView): Response {
  return page({
    title: 'Connections · CorpusIQ',
    body: html`<div class="card">
<h1>Who is connected</h1>
<p>These programs can reach your documents. Ending an access works at once.</p>
<p class="warning">ChatGPT and Claude keep a connection that you remove on their side, and use it again when you add the same address there. Only ending it here, or by <code>corpusiq grants revoke</code>, takes the access away.</p>
${connected.length === 0 && html`<p>No program has access now.</p>`}
</div>
${waiting.length > 0 && html`<h2>Waiting for your approval</h2>\n${waiting.map(waitingCard)}`}
${connected.length > 0 && html`<h2>Connected</h2>\n${connected.map(connectedCard)}`}
${next !== undefined && html`<p><a href="/connections?after=${next}">Show more</a></p>`}
<form method="post" action="/logout">
<p class="muted">Signed in as <bdi>${username}</bdi>.</p>
<button type="submit">Sign out</button>
</form>`,
  })
}

function connectedCard(client: ConnectionView): SafeHtml {
  const { name, client_id, revision, token, declared, grants } = client
  return html`<section class="card" aria-label="${name}">
<h3><bdi>${name}</bdi></h3>
${identityNotice(client)}
<p>Its access goes to</p>
${client.hosts.slice(0, 10).map((host) => html`<p class="host">${host}</p>\n`)}
${grants.map((grant) => grantForm(grant, name))}
${
  declared
    ? html`<p class="muted">It is declared in the clients file.</p>`
    : html`<form method="post" action="/connections">
<input type="hidden" name="client_id" value="${client_id}">
<input type="hidden" name="revision" value="${revision}">
<input type="hidden" name="token" value="${token}">
<button type="submit" name="action" value="remove" aria-label="Remove ${name} with every access">Remove this client with every access</button>
</form>`
}
<p class="muted">client_id <code>${client_id}</code></p>
</section>
`
}

function grantForm(grant: GrantView, name: string): SafeHtml {
  return html`<form class="grant" method="post" action="/connections">
<input type="hidden" name="grant_id" value="${grant.grant_id}">
<input type="hidden" name="token" value="${grant.token}">
<p>May ${scopeInWords(grant.scope).join(', ')}. Since ${time(grant.created_at)}, last used ${time(grant.last_used_at)}.</p>
<button class="primary" type="submit" name="action" value="end" aria-label="End the access of ${name}">End this access</button>
</form>
`
}

function waitingCard(client: ClientView): SafeHtml {
  const { name, client_id, revision, token, hosts } = client
  return html`<section class="card" aria-label="${name}">
<h3><bdi>${name}</bdi></h3>
${identityNotice(client)}
<p>It registered ${time(client.registered_at)}. What it gets access to would go to</p>
${hosts.map((host) => html`<p class="host">${host}</p>\n`)}
<form method="post" action="/connections">
<input type="hidden" name="client_id" value="${client_id}">
<input type="hidden" name="revision" value="${revision}">
<input type="hidden" name="token" value="${token}">
<div class="actions">
<button class="primary" type="submit" name="action" value="approve" aria-label="Approve ${name}">Approve</button>
<button type="submit" name="action" value="refuse" aria-label="Refuse ${name}">Refuse</button>
</div>
</form>
<p class="muted">client_id <code>${client_id}</code></p>
</section>
`
}

/** RFC 7591 §5: a name is not an identity. */
function identityNotice({ identity: { verified, flags } }: ClientView): SafeHtml {
  return html`<p>${verified === undefined ? 'Unverified: nobody has checked this name.' : `Verified by its address: ${verified}.`}</p>
${flags.map((flag) =>
  flag.flag === 'look-alike name'
    ? html`<p class="warning">The name resembles ${flag.of}, but this is not its address.</p>\n`
    : html`<p class="warning">Letters of several scripts stand in one word of the name.</p>\n`,
)}`
}

function time(seconds: number): SafeHtml {
  const iso = new Date(seconds * 1000).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`
}
