import { knownAddress } from '../oauth/known-clients.ts'

/**
 * How a person makes a client forget a registration that died here, so that it registers anew. Clients keep their id
 * for ever, and most of them never learn that it is dead: what they open in the browser is all that comes of it.
 */
export type Reconnecting = {
  readonly client: string
  /** What to do there; `…` is typed or clicked word by word, {address} is that of the MCP server. */
  readonly steps: string
  /** The addresses it comes from: rows of `KNOWN_CLIENTS` by their client, and what else is typical of it. */
  readonly addresses: RegExp
  /** Where it is known from. */
  readonly source: string
}

export const RECONNECTING: readonly Reconnecting[] = [
  {
    client: 'ChatGPT',
    steps:
      'Open `Settings`, `Apps & Connectors`, and there this app. Delete it (after `Disconnect` alone it comes back with the same dead registration). Then create it again with the address {address}',
    addresses: /^https:\/\/chatgpt\.com\//,
    source:
      'community.openai.com/t/1366784 (Disconnect and Connect keeps the client_id); es617/obsidian-sync-mcp#13',
  },
  {
    client: 'Claude',
    steps:
      'Open `Settings`, `Connectors`. Remove this connector by the menu at its end, then choose `Add custom connector` with the address {address}',
    addresses: /^https:\/\/claude\.(ai|com)\//,
    source: 'anthropics/claude-ai-mcp#350 (removing a connector clears its client id)',
  },
  {
    client: 'Claude Code',
    steps:
      'In a terminal, run `claude mcp login NAME`, with the name that this server has there; it registers anew. In older versions run `claude mcp remove NAME`, then `claude mcp add --transport http NAME {address}`',
    addresses: /^http:\/\/localhost(:\d+)?\/callback$/,
    source: 'anthropics/claude-code#72818, #79505, #84614',
  },
  {
    client: 'Visual Studio Code',
    steps:
      'Open the command palette, run `Authentication: Remove Dynamic Authentication Providers`, choose this server, and start the MCP server again',
    addresses: /^(https:\/\/(insiders\.)?vscode\.dev\/redirect|http:\/\/127\.0\.0\.1(:\d+)?\/?)$/,
    source: 'microsoft/vscode#250960, #254847; code.visualstudio.com/api/extension-guides/ai/mcp',
  },
  {
    client: 'Cursor',
    steps: 'Open `Cursor Settings`, `Tools & MCP`. At this server choose `Logout`, then connect it again',
    addresses:
      /^(cursor:\/\/anysphere\.cursor-|https:\/\/www\.cursor\.com\/|http:\/\/localhost:8787\/callback$)/,
    source: 'atlassian/atlassian-mcp-server#137 (its log: logging out clears the client information)',
  },
  {
    client: 'Codex',
    steps: 'In a terminal, run `codex mcp logout NAME`, then `codex mcp login NAME`',
    addresses: /^http:\/\/127\.0\.0\.1(:\d+)?\/callback(\/[\w-]+)?$/,
    source: 'openai/codex#29630, #4517',
  },
  {
    client: 'mcp-remote (also inside Claude Desktop and other programs)',
    steps: 'Quit the program, delete the folder `.mcp-auth` in your home directory, and start it again',
    addresses: /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?\/oauth\/callback$/,
    source: 'punkpeye/mcp-remote#36; anthropics/claude-code#4760',
  },
  {
    client: 'Gemini CLI',
    steps: 'In Gemini CLI, run `/mcp auth NAME`; it registers anew',
    addresses: /^http:\/\/localhost(:\d+)?\/oauth\/callback$/,
    source: 'google-gemini/gemini-cli docs/tools/mcp-server.md',
  },
  {
    client: 'opencode',
    steps: 'In a terminal, run `opencode mcp logout NAME`, then `opencode mcp auth NAME`',
    addresses: /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?\/mcp\/oauth\/callback$/,
    source: 'anomalyco/opencode#35625; opencode.ai/docs/cli',
  },
]

/** Who may have sent the person, going by where the answer was to go. It is not believed, it only chooses the text. */
export function reconnectingAt(redirect_uri: string): readonly Reconnecting[] {
  return RECONNECTING.filter(({ addresses }) => addresses.test(redirect_uri))
}

/** The name of a client that has no row of its own. */
export function namedAt(redirect_uri: string): string | undefined {
  return knownAddress(redirect_uri)?.client
}
