/**
 * What widely used clients call themselves, so that a name can be held against the address. Names of programs that
 * everybody runs on a host of their own (n8n, Open WebUI, LibreChat, Dify) are missing: any address may be theirs.
 */
export type KnownName = {
  /** Names and vendors' names; capitals, spaces and signs between the words play no part. */
  readonly names: readonly string[]
  /** The rows of `KNOWN_CLIENTS` whose addresses it uses. */
  readonly clients: readonly string[]
  /** It runs on the person's device: any loopback address or private scheme may be its own. */
  readonly native?: true
}

export const KNOWN_NAMES: readonly KnownName[] = [
  { names: ['ChatGPT', 'OpenAI'], clients: ['ChatGPT'] },
  { names: ['Claude', 'Anthropic'], clients: ['Claude'] },
  { names: ['Claude Code'], clients: [], native: true },
  { names: ['Codex', 'OpenAI Codex', 'ChatGPT Codex'], clients: [], native: true },
  {
    names: ['Visual Studio Code', 'VS Code'],
    clients: ['Visual Studio Code', 'Visual Studio Code Insiders'],
    native: true,
  },
  { names: ['Cursor'], clients: ['Cursor'], native: true },
  { names: ['Grok'], clients: ['Grok'] },
  // It registers with Cursor's addresses.
  { names: ['Grok Bot'], clients: ['Grok', 'Cursor'], native: true },
  { names: ['Perplexity'], clients: ['Perplexity'] },
  { names: ['Mistral', 'Le Chat'], clients: ['Mistral Le Chat'] },
  { names: ['Microsoft Copilot', 'Copilot Studio'], clients: ['Microsoft Copilot Studio'] },
  { names: ['GitHub Copilot', 'Copilot CLI'], clients: [], native: true },
  { names: ['Gemini CLI'], clients: [], native: true },
  { names: ['Google Antigravity', 'Antigravity'], clients: ['Google Antigravity'], native: true },
  { names: ['Devin'], clients: ['Devin'] },
  { names: ['Raycast'], clients: ['Raycast'], native: true },
  { names: ['Warp'], clients: ['Warp'], native: true },
]
