import type { Folder } from './folder.ts'

/** Something that is served: a folder, one file of a folder (`only`), or a mirror of web pages (`url`). */
export type Source = Folder & {
  /** What people and clients call it: a collection. */
  readonly name: string
  readonly kind: 'folder' | 'file' | 'web'
  /** Of a web source: where its pages come from. */
  readonly url?: string
  /** By `corpusiq corpus add`, not by the settings. */
  readonly added: boolean
}

/** Whether both have the same documents, so that what is indexed of one holds for the other. */
export function isSameSource(one: Source, other: Source): boolean {
  return (
    one.name === other.name &&
    one.kind === other.kind &&
    one.root === other.root &&
    one.only === other.only &&
    one.url === other.url
  )
}

/** What `corpusiq corpus list` shows of it. */
export function placeOf({ kind, root, only, url }: Source): string {
  if (kind === 'web') return url ?? ''
  return only === undefined ? root : `${root.replace(/[\\/]$/, '')}/${only}`
}
