import type { Tool } from '@modelcontextprotocol/server'
import type { Corpus } from '../../corpus/corpus.ts'
import type { SCOPES_SUPPORTED } from '../../oauth/scope.ts'

/** One that opens something. */
export type Scope = Exclude<(typeof SCOPES_SUPPORTED)[number], 'offline_access'>

/** What a tool may touch. */
export type ToolReach = {
  readonly corpus: Pick<Corpus, 'search' | 'fetch' | 'freshness'>
  readonly documentUrl: (id: string, passage?: number) => string
}

/** A fault that the model may read and mend: a short text, answered as a result with `isError`. */
export class ToolFault {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** One row of the table of tools. What it says of itself never changes: it is what people consented to. */
export type ToolRow = {
  readonly scope: Scope
  readonly tool: Tool
  readonly run: (
    args: Readonly<Record<string, unknown>>,
    reach: ToolReach,
  ) => Promise<Record<string, unknown> | ToolFault>
}

/** Neither tool changes anything, and both see nothing but the corpus. */
export const READ_ONLY = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const
