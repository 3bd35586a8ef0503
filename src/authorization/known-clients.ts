/**
 * Addresses to which widely used clients have their codes sent, so that the consent page can say whose an address is.
 * A row is a whole URI, or with `below` a folder that has one more segment after it, another for each connection;
 * never a host alone, since a host serves more than one program. The rows are drawn from the registrations of real
 * clients that the tests replay, those that somebody has seen: an address that is missing is called unknown, which
 * is true. A test holds the two tables together.
 */
export type KnownClient = {
  readonly client: string
  readonly redirect: string
  readonly below?: true
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
    seen: 'vscode',
  },
  {
    client: 'Visual Studio Code Insiders',
    redirect: 'https://insiders.vscode.dev/redirect',
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
    seen: 'n8n',
  },
  {
    client: 'Google Antigravity',
    redirect: 'https://antigravity.google/oauth-callback',
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
    seen: 'raycast-extension',
  },
  {
    client: 'Warp',
    redirect: 'warp://mcp/oauth2callback',
    seen: 'warp',
  },
]

const SEGMENT = /^(?!\.{1,2}$)[\w.~-]+$/

/** Whose address `redirect_uri` is, as far as we know; the query plays no part. */
export function knownClient(redirect_uri: string): string | undefined {
  const address = redirect_uri.split('?', 1)[0] ?? ''
  return KNOWN_CLIENTS.find(({ redirect, below }) =>
    below
      ? address.startsWith(redirect) && SEGMENT.test(address.slice(redirect.length))
      : address === redirect,
  )?.client
}
