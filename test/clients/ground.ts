import assert from 'node:assert/strict'
import { callMcp, obtainTokens, registerClient } from '../support/scenario.ts'
import { postForm, type Site } from '../support/site.ts'

/** A server that real clients walk through, with what they learn there before they register. */
export type Ground = Site & {
  /** The scope that the 401 names. */
  readonly challenge: string
  /** `scopes_supported` of the protected resource's metadata, joined. */
  readonly scopesSupported: string
  /** A document that is there, as a search finds it. */
  readonly documentId: string
  removeClient(client_id: string): Promise<boolean>
}

/** Looks around on a site. */
export async function survey(site: Site, removeClient: Ground['removeClient']): Promise<Ground> {
  const challenged = await postForm(site, `${site.url}/mcp`, {})
  const challenge = /scope="([^"]+)"/.exec(challenged.headers.get('www-authenticate') ?? '')?.[1]
  assert.ok(challenge)
  const metadata = await site.fetch(new Request(`${site.url}/.well-known/oauth-protected-resource/mcp`))
  const { scopes_supported } = (await metadata.json()) as { scopes_supported: string[] }
  const { access_token } = await obtainTokens(site, await registerClient(site))
  const search = { name: 'search', arguments: { query: 'tea' } }
  const found = await (await callMcp(site, access_token, 'tools/call', search)).text()
  return {
    url: site.url,
    fetch: site.fetch,
    challenge,
    scopesSupported: scopes_supported.join(' '),
    documentId: JSON.parse(found).result.structuredContent.results[0].id,
    removeClient,
  }
}
