import { createHash } from 'node:crypto'

/** A document's id: the same for the same path in the same source, over restarts and machines. */
export function documentId(source: string, path: string): string {
  return createHash('sha256').update(`${source}\0${path}`).digest('base64url').slice(0, 22)
}
