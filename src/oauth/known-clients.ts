/**
 * Addresses to which widely used clients have their codes sent, so that people can be told whose an address is. A row
 * is a whole URI, or with `below` a folder that has one more segment after it, another for each connection; never a
 * host alone, since a host serves more than one program. The rows are drawn from the registrations of real clients
 * that the tests replay, those that somebody has seen: an address that is missing is called unknown, which is true. A
 * test holds the two tables together.
 */
export type KnownClient = {
  readonly client: string
  readonly redirect: string
  readonly below?: true
  /** It passes the code on to whatever program began: it is the vendor's, and yet says nothing of who gets the code. */
  readonly forwards?: true
  /** The row of `test/data/clients.json` that shows the address, with its public sources. */
  readonly seen: string
}

export const KNOWN_CLIENTS: readonly KnownClient[] = [
  {
    client: 'ChatGPT',
    redirect: 'https://chatgpt.com/connector_platform_oauth_redirect',
    seen: 'chatgpt-stable-callback',
  },
  {
    client: 'ChatGPT',
    redirect: 'https://chatgpt.com/connector/oauth/',
    below: true,
    seen: 'chatgpt-callback-id',
  },
  {
    client: 'Claude',
    redirect: 'https://claude.ai/api/mcp/auth_callback',
    seen: 'claude-hosted-secret-post',
  },
  {
    client: 'Claude',
    redirect: 'https://claude.com/api/mcp/auth_callback',
    seen: 'claude-com-callback',
  },
  {
    client: 'Visual Studio Code',
    redirect: 'https://vscode.dev/redirect',
    forwards: true,
    seen: 'vscode',
  },
  {
    client: 'Visual Studio Code Insiders',
    redirect: 'https://insiders.vscode.dev/redirect',
    forwards: true,
    seen: 'vscode',
  },
  {
    client: 'Cursor',
    redirect: 'https://www.cursor.com/agents/mcp/oauth/callback',
    seen: 'cursor',
  },
  {
    client: 'Cursor',
    redirect: 'cursor://anysphere.cursor-mcp/oauth/callback',
    seen: 'cursor-scheme-only',
  },
  {
    client: 'Grok',
    redirect: 'https://grok.com/connectors-oauth-exchange-code/',
    seen: 'grok-web',
  },
  {
    client: 'Perplexity',
    redirect: 'https://www.perplexity.ai/rest/connections/oauth_callback',
    seen: 'perplexity',
  },
  {
    client: 'Mistral Le Chat',
    redirect: 'https://callback.mistral.ai/v1/integrations_auth/oauth2_callback',
    seen: 'mistral-le-chat',
  },
  {
    client: 'Microsoft Copilot Studio',
    redirect: 'https://global.consent.azure-apim.net/redirect/',
    below: true,
    seen: 'copilot-studio',
  },
  {
    client: 'n8n cloud',
    redirect: 'https://oauth.n8n.cloud/oauth2/callback',
    forwards: true,
    seen: 'n8n',
  },
  {
    client: 'Google Antigravity',
    redirect: 'https://antigravity.google/oauth-callback',
    forwards: true,
    seen: 'antigravity',
  },
  {
    client: 'Devin',
    redirect: 'https://api.devin.ai/mcp/oauth/callback',
    seen: 'devin',
  },
  {
    client: 'Raycast',
    redirect: 'https://raycast.com/redirect',
    forwards: true,
    seen: 'raycast-extension',
  },
  {
    client: 'Warp',
    redirect: 'warp://mcp/oauth2callback',
    seen: 'warp',
  },
]

const SEGMENT = /^(?!\.{1,2}$)[\w.~-]+$/

/** The row that `redirect_uri` is in; the query plays no part. */
export function knownAddress(redirect_uri: string): KnownClient | undefined {
  const address = redirect_uri.split('?', 1)[0] ?? ''
  return KNOWN_CLIENTS.find(({ redirect, below }) =>
    below
      ? address.startsWith(redirect) && SEGMENT.test(address.slice(redirect.length))
      : address === redirect,
  )
}

/**
 * The client that certainly gets a code sent to `redirect_uri`. Not for a forwarding address, nor for a private scheme
 * (RFC 8252 §8.6, any app can lay claim to it) or loopback, whatever the table holds.
 */
export function verifiedClient(redirect_uri: string): string | undefined {
  const known = knownAddress(redirect_uri)
  return known && !known.forwards && known.redirect.startsWith('https://') ? known.client : undefined
}

/** The client that certainly gets a code sent to any of them; undefined where they are not all of one. */
export function verifiedByAll(redirect_uris: readonly string[]): string | undefined {
  const [first, ...others] = redirect_uris.map(verifiedClient)
  return others.every((other) => other === first) ? first : undefined
}
