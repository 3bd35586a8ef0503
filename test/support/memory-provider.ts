import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client'
import { PUBLIC_CLIENT } from './scenario.ts'

/**
 * What a host application of the official SDKs (v2; v1 takes it too) has to bring along: it remembers in memory, and
 * keeps the address that the person's browser is to open.
 */
export class MemoryProvider implements OAuthClientProvider {
  readonly clientMetadata: OAuthClientMetadata
  client: StoredOAuthClientInformation | undefined
  granted: StoredOAuthTokens | undefined
  authorizationUrl: URL | undefined
  #discovery: OAuthDiscoveryState | undefined
  #verifier = ''
  readonly #state = randomBytes(16).toString('hex')

  constructor(metadata: Partial<OAuthClientMetadata> = {}) {
    this.clientMetadata = { ...PUBLIC_CLIENT, ...metadata }
  }

  get redirectUrl(): string {
    return String(this.clientMetadata.redirect_uris[0])
  }
  state(): string {
    return this.#state
  }
  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.client
  }
  saveClientInformation(information: StoredOAuthClientInformation): void {
    this.client = information
  }
  tokens(): StoredOAuthTokens | undefined {
    return this.granted
  }
  saveTokens(tokens: StoredOAuthTokens): void {
    this.granted = tokens
  }
  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }
  codeVerifier(): string {
    return this.#verifier
  }
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state
  }
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery
  }
  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'client') this.client = undefined
    if (scope === 'all' || scope === 'tokens') this.granted = undefined
  }

  /** The address to open, once; fails where none was asked for. */
  takeAuthorizationUrl(): URL {
    const url = this.authorizationUrl
    assert.ok(url, 'the client did not send the person to sign in')
    this.authorizationUrl = undefined
    return url
  }

  /** What came back to the redirect URI, the state checked. */
  callback(url: URL): URLSearchParams {
    assert.ok(url.href.startsWith(this.redirectUrl), url.href)
    assert.equal(url.searchParams.get('state'), this.#state)
    return url.searchParams
  }
}
