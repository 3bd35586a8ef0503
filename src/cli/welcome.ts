import { isLoopbackUrl } from '../ops/public-url.ts'
import type { Settings } from '../ops/settings.ts'

/** What the terminal shows once the server accepts requests: the ready line, and what to paste into each client. */
export function welcome({ resourceUrl, resource }: Settings, setupLink: string | undefined): string {
  const lines = []
  if (setupLink !== undefined) {
    lines.push(`Set the owner's password first, by this link (once, within a day): ${setupLink}`)
  }
  const cursor = JSON.stringify({ mcpServers: { corpusiq: { url: resource } } })
  const code = JSON.stringify({ name: 'corpusiq', type: 'http', url: resource })
  lines.push(
    `CorpusIQ is ready: ${resourceUrl}`,
    `  ChatGPT      Settings > Apps > Advanced settings: Developer mode on; then Create app, paste ${resource}`,
    `  Claude       Customize > Connectors > + > Add custom connector, paste ${resource}`,
    `  Claude Code  claude mcp add --transport http corpusiq ${resource}`,
    `  Cursor       in ~/.cursor/mcp.json: ${cursor}`,
    `  VS Code      code --add-mcp '${code}'`,
  )
  if (isLoopbackUrl(resourceUrl)) {
    lines.push(
      '  ChatGPT and Claude on the web reach public https addresses only: put a tunnel in front (docs/guides/tunnel.md),',
      '  and start again with its address: --oauth-resource-url https://…',
    )
  }
  return lines.join('\n')
}
