import type { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../ops/clock.ts'
import { documentId } from '../document-id.ts'

/** Seconds that the id of a document that is gone is kept for it. */
const REMEMBERED = 30 * 86_400

/** SHA-256 of nothing: all empty files are alike. */
const EMPTY = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'

/** Who has which id: a document keeps its own over renames, and gets it back when it comes again. */
export function openIds(database: DatabaseSync) {
  const statements = {
    depart: database.prepare(
      'insert or replace into departed (id, number, source, path, digest, departed_at) values (?, ?, ?, ?, ?, ?)',
    ),
    byPath: database.prepare('select id, number from departed where source = ? and path = ?'),
    byDigest: database.prepare(
      'select id, number from departed where digest = ? order by source = ? desc, departed_at desc, id limit 1',
    ),
    forgetId: database.prepare('delete from departed where id = ?'),
    forgetSource: database.prepare('delete from departed where source = ?'),
    forgetOld: database.prepare('delete from departed where departed_at < ?'),
    isTaken: database.prepare(
      'select exists (select 1 from document where id = :id) or exists (select 1 from departed where id = :id) as taken',
    ),
  }

  /** Nobody's yet: two documents may have had the same path one after the other, and both are known. */
  const unused = (source: string, path: string): string => {
    for (let turn = 0; ; turn++) {
      const id = documentId(source, turn === 0 ? path : `${path}\0${turn}`)
      if (!statements.isTaken.get({ ':id': id })?.taken) return id
    }
  }

  return {
    depart(id: string, source: string, path: string, digest: string, number?: number): void {
      statements.depart.run(id, number ?? null, source, path, digest, systemClock())
    },

    /**
     * The id for a new file: that of the document that was gone from the same path (an editor that deletes and writes
     * again), else that of one with the same content (a file that was moved), else a new one. A number comes along
     * where there was one.
     */
    take(source: string, path: string, digest: string): { id: string; number: number | undefined } {
      const row =
        statements.byPath.get(source, path) ??
        (digest === EMPTY ? undefined : statements.byDigest.get(digest, source))
      if (!row) return { id: unused(source, path), number: undefined }
      const id = String(row.id)
      statements.forgetId.run(id)
      return { id, number: row.number === null ? undefined : Number(row.number) }
    },

    forget(source: string): void {
      statements.forgetSource.run(source)
    },

    tidy(now: number): void {
      statements.forgetOld.run(now - REMEMBERED)
    },
  }
}
