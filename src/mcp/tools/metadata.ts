import type { DocumentSummary } from '../../corpus/corpus.ts'

/** An object of strings, as OpenAI's clients want it. */
export const METADATA_SCHEMA = {
  type: 'object',
  properties: {
    path: { type: 'string', description: 'Where the document lies in its folder.' },
    modified: { type: 'string', description: 'When it was last changed, ISO 8601.' },
    media_type: { type: 'string' },
  },
  required: ['path', 'modified', 'media_type'],
} as const

export function documentMetadata({ path, modified, media_type }: DocumentSummary): Record<string, string> {
  return { path, modified, media_type }
}
