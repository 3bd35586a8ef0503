import { type Extracted, extract } from '../extract/extract.ts'
import { createPreparation, type PreparedDocument } from '../ranking/prepared-document.ts'

/** A document out of a file, as the index takes it. */
export type ExtractedDocument = Pick<Extracted, 'title' | 'media_type'> & PreparedDocument

/** The document in a file's bytes, or in one sentence why there is none. */
export type Extraction = ExtractedDocument | { readonly problem: string }

/** Whoever reads many files does so with one of these. */
export function createExtraction(): (path: string, bytes: Uint8Array) => Promise<Extraction> {
  const prepare = createPreparation()
  return async (path, bytes) => {
    const extracted = await extract(path, bytes)
    if ('problem' in extracted) return extracted
    const { title, media_type } = extracted
    return { title, media_type, ...prepare(path, extracted) }
  }
}
