/**
 * Addresses to which widely used clients have their codes sent, so that the consent page can say whose an address is.
 * A row is a whole URI, or with `below` a folder that has one more segment after it, another for each connection;
 * never a host alone, since a host serves more than one program. Only what was read in a client's source or shown publicly is here: an address that is missing is
 * called unknown, which is true.
 */
export type KnownClient = {
  readonly client: string
  readonly redirect: string
  readonly below?: true
  readonly source: string
}

export const KNOWN_CLIENTS: readonly KnownClient[] = [
  {
    client: 'ChatGPT',
    redirect: 'https://chatgpt.com/connector_platform_oauth_redirect',
    source: 'developers.openai.com, plugins/build/auth',
  },
  {
    client: 'ChatGPT',
    redirect: 'https://chatgpt.com/connector/oauth/',
    below: true,
    source: 'developers.openai.com, apps-sdk/build/auth; BasedHardware/omi issue 8824',
  },
  {
    client: 'Claude',
    redirect: 'https://claude.ai/api/mcp/auth_callback',
    source: 'anthropics/claude-ai-mcp issue 1043',
  },
  {
    client: 'Claude',
    redirect: 'https://claude.com/api/mcp/auth_callback',
    source: 'support.anthropic.com, article 11503834; koala73/worldmonitor pull request 8307',
  },
  {
    client: 'Visual Studio Code',
    redirect: 'https://vscode.dev/redirect',
    source: 'microsoft/vscode, src/vs/base/common/oauth.ts',
  },
  {
    client: 'Visual Studio Code Insiders',
    redirect: 'https://insiders.vscode.dev/redirect',
    source: 'microsoft/vscode, src/vs/base/common/oauth.ts',
  },
  {
    client: 'Cursor',
    redirect: 'https://www.cursor.com/agents/mcp/oauth/callback',
    source: 'mctlhq/mctl-telegram, incident logs of September 2026; tripsyapp/cli issue 8',
  },
  {
    client: 'Cursor',
    redirect: 'cursor://anysphere.cursor-mcp/oauth/callback',
    source: 'modelcontextprotocol/python-sdk pull request 895; laravel/mcp issue 173',
  },
  {
    client: 'Grok',
    redirect: 'https://grok.com/connectors-oauth-exchange-code/',
    source: 'erp-mafia/accounted pull request 2158',
  },
  {
    client: 'Perplexity',
    redirect: 'https://www.perplexity.ai/rest/connections/oauth_callback',
    source: 'koala73/worldmonitor pull request 8305',
  },
  {
    client: 'Mistral Le Chat',
    redirect: 'https://callback.mistral.ai/v1/integrations_auth/oauth2_callback',
    source: 'pantalytics/odoo-mcp-pro pull request 22',
  },
  {
    client: 'Microsoft Copilot Studio',
    redirect: 'https://global.consent.azure-apim.net/redirect/',
    below: true,
    source: 'Teamwork/mcp issue 67; tableau/tableau-mcp issue 772',
  },
  {
    client: 'n8n cloud',
    redirect: 'https://oauth.n8n.cloud/oauth2/callback',
    source: 'n8n-io/n8n, packages/cli/src/oauth/oauth.service.ts',
  },
  {
    client: 'Google Antigravity',
    redirect: 'https://antigravity.google/oauth-callback',
    source: 'mctlhq/mctl-telegram, incident logs of September 2026',
  },
  {
    client: 'Devin',
    redirect: 'https://api.devin.ai/mcp/oauth/callback',
    source: 'koala73/worldmonitor pull request 8305',
  },
  {
    client: 'Raycast',
    redirect: 'https://raycast.com/redirect',
    source: 'public Raycast extensions (Heptabase, Mobbin, TickTick)',
  },
  {
    client: 'Warp',
    redirect: 'warp://mcp/oauth2callback',
    source: 'warpdotdev/warp issue 9088',
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
