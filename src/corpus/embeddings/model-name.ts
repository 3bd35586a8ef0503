import type { EmbeddingsSource } from '../../ops/settings.ts'

/** What vectors are kept under: those of another model say nothing to a question. */
export function modelOf(source: EmbeddingsSource): string {
  return 'folder' in source ? source.folder : source.model
}
