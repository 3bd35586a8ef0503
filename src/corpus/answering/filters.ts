import type { DatabaseSync } from 'node:sqlite'
import { type DocumentSet, documentSet } from './document-set.ts'
import type { Filter } from './query.ts'

/** What people call formats, beside their files' endings. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  markdown: ['md', 'markdown', 'mdown', 'mkd', 'mdx', 'qmd', 'rmd'],
  html: ['html', 'htm', 'xhtml'],
  text: ['txt', 'text'],
  word: ['docx', 'doc', 'odt', 'rtf'],
  powerpoint: ['pptx', 'ppt', 'odp'],
  slides: ['pptx', 'ppt', 'odp'],
  excel: ['xlsx', 'xls', 'ods', 'csv'],
  sheet: ['xlsx', 'xls', 'ods', 'csv'],
  mail: ['eml', 'mbox'],
  email: ['eml', 'mbox'],
  notebook: ['ipynb'],
}

type Condition = { readonly sql: string; readonly values: readonly string[] }

/** Documents by their properties: the filters of a question as sets of document numbers. */
export function openFilters(database: DatabaseSync) {
  return {
    /** Whether any document has the property; a filter that none passes says nothing. */
    isOfUse(filter: Filter): boolean {
      const { sql, values } = conditionOf(filter)
      return database.prepare(`select 1 from document where ${sql} limit 1`).get(...values) !== undefined
    },

    /** The documents that pass, within the collection where one is named; undefined where all do. */
    allowed(filters: readonly Filter[], collection: string | undefined): DocumentSet | undefined {
      const where = all(filters, collection)
      if (where === undefined) return undefined
      const sql = `select group_concat(number) as list from document where ${where.sql}`
      const list = database.prepare(sql).get(...where.values)?.list
      return documentSet(typeof list === 'string' ? list : null)
    },

    /** The same, the newest first. */
    newest(filters: readonly Filter[], collection: string | undefined, limit: number): number[] {
      const { sql, values } = all(filters, collection) ?? { sql: '1', values: [] }
      return database
        .prepare(`select number from document where ${sql} order by modified desc, number limit ?`)
        .all(...values, limit)
        .map(({ number }) => Number(number))
    },
  }
}

/** Any of the types and collections that are named, all of the rest. */
function all(filters: readonly Filter[], collection: string | undefined): Condition | undefined {
  const conditions: Condition[] = []
  if (collection !== undefined) conditions.push({ sql: 'source = ?', values: [collection] })
  for (const kind of ['path', 'type', 'collection', 'after', 'before'] as const) {
    const of = filters.filter((filter) => filter.kind === kind).map(conditionOf)
    if (of.length > 0) conditions.push(join(of, kind === 'type' || kind === 'collection' ? 'or' : 'and'))
  }
  return conditions.length > 0 ? join(conditions, 'and') : undefined
}

function conditionOf({ kind, value }: Filter): Condition {
  switch (kind) {
    case 'path':
      return { sql: "path like ? escape '\\'", values: [`%${pattern(value)}%`] }
    case 'type': {
      if (value.includes('/')) return { sql: 'media_type = ?', values: [value.toLowerCase()] }
      const ending = value.toLowerCase().replace(/^\./, '')
      const endings = (Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined) ?? [ending]
      return join(
        endings.map((name) => ({ sql: "path like ? escape '\\'", values: [`%.${pattern(name)}`] })),
        'or',
      )
    }
    case 'collection':
      return { sql: 'source = ? collate nocase', values: [value] }
    case 'after':
      return { sql: 'modified >= ?', values: [value] }
    case 'before':
      return { sql: 'modified < ?', values: [value] }
  }
}

/** For `like`: `*` stands for anything, all else for itself. */
function pattern(value: string): string {
  return value.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')
}

function join(conditions: readonly Condition[], word: 'and' | 'or'): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${word} `)})`,
    values: conditions.flatMap(({ values }) => values),
  }
}
