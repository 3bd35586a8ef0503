import type { DocumentSummary, PassagePlace } from '../../corpus/corpus.ts'

/** An object of strings, as OpenAI's clients want it. */
export const METADATA_PROPERTIES = {
  path: { type: 'string', description: 'Where the document lies in its collection.' },
  collection: { type: 'string', description: 'The collection that it belongs to.' },
  modified: { type: 'string', description: 'When it was last changed, ISO 8601.' },
  media_type: {
    type: 'string',
    description: 'Of the text that fetch gives: of a PDF text/plain, of a Word document text/markdown.',
  },
  origin: { type: 'string', description: 'The web page that it was fetched from.' },
  heading: { type: 'string', description: 'The headings above the passage, outermost first.' },
  page: { type: 'string', description: 'The page, slide or sheet that the passage begins on, from 1.' },
} as const

export const METADATA_REQUIRED = ['path', 'collection', 'modified', 'media_type'] as const

export function documentMetadata(
  { path, collection, modified, media_type, origin }: DocumentSummary,
  place: Partial<PassagePlace> = {},
): Record<string, string> {
  return {
    path,
    collection,
    modified,
    media_type,
    ...(origin !== undefined && { origin }),
    ...(place.heading !== undefined && { heading: place.heading }),
    ...(place.page !== undefined && { page: String(place.page) }),
  }
}
