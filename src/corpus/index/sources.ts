import type { DatabaseSync } from 'node:sqlite'
import type { Source } from '../sources/source.ts'

export type SourceCounts = { readonly documents: number; readonly problems: number }

/** The sources that the index holds documents of. */
export function openSources(database: DatabaseSync) {
  const statements = {
    all: database.prepare('select name, kind, root, only, url, added from source order by rowid'),
    add: database.prepare(`insert into source (name, kind, root, only, url, added) values (?, ?, ?, ?, ?, ?)
       on conflict (name) do update set kind = excluded.kind, root = excluded.root, only = excluded.only,
         url = excluded.url, added = excluded.added`),
    remove: database.prepare('delete from source where name = ?'),
    scanned: database.prepare('update source set scanned_at = ? where name = ?'),
    want: database.prepare('update source set reindex = 1 where name = ?'),
    wanted: database.prepare('select name from source where reindex = 1'),
    unread: [
      database.prepare("update document set stamp = '', identity = '', digest = '' where source = ?"),
      database.prepare("update problem set stamp = '' where source = ?"),
      database.prepare('update source set reindex = 0 where name = ?'),
    ],
    counts: database.prepare(
      `select name,
         (select count(*) from document where source = name) as documents,
         (select count(*) from problem where source = name and told = 1) as problems
       from source`,
    ),
  }
  return {
    all(): Source[] {
      return statements.all.all().map(
        ({ name, kind, root, only, url, added }): Source => ({
          name: String(name),
          kind: kind === 'file' || kind === 'web' ? kind : 'folder',
          root: String(root),
          ...(only === null ? {} : { only: String(only) }),
          ...(url === null ? {} : { url: String(url) }),
          excluded: [],
          added: added === 1,
        }),
      )
    },

    add({ name, kind, root, only, url, added }: Source): void {
      statements.add.run(name, kind, root, only ?? null, url ?? null, added ? 1 : 0)
    },

    remove(name: string): void {
      statements.remove.run(name)
    },

    /** A scan of the whole source has ended, in seconds since the epoch. */
    scanned(name: string, at: number): void {
      statements.scanned.run(at, name)
    },

    /** Somebody wants the source read again from the beginning. */
    requestReindex(name: string): void {
      statements.want.run(name)
    },

    /** The sources that somebody wants read again from the beginning. */
    reindexRequests: (): string[] => statements.wanted.all().map(({ name }) => String(name)),

    /** From now on nothing that is known of the source's files counts: each is read again. */
    forgetStamps(name: string): void {
      for (const statement of statements.unread) statement.run(name)
    },

    counts(): Map<string, SourceCounts> {
      return new Map(
        statements.counts
          .all()
          .map(({ name, documents, problems }) => [
            String(name),
            { documents: Number(documents), problems: Number(problems) },
          ]),
      )
    },
  }
}
