import { fetch } from './fetch.ts'
import { search } from './search.ts'
import type { ToolRow } from './tool.ts'

/** The tools, by name: a new one is a file and a word here. */
export const TOOLS: ReadonlyMap<string, ToolRow> = new Map([search, fetch].map((row) => [row.tool.name, row]))
