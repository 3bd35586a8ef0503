/** Where vectors come from, as the operator said. */
export type EmbeddingsSource =
  | { readonly url: string; readonly model: string; readonly key: string | undefined }
  /** A model in a folder. */
  | { readonly folder: string }

/** What vectors are kept under: those of another model say nothing to a question. */
export function modelOf(source: EmbeddingsSource): string {
  return 'folder' in source ? source.folder : source.model
}
