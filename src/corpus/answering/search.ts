import type { DatabaseSync } from 'node:sqlite'
import type { Explanation, SearchOptions } from '../corpus.ts'
import { numbersOf } from '../index/passages.ts'
import type { DocumentSet } from './document-set.ts'
import { openFilters } from './filters.ts'
import type { Match, Matcher } from './match.ts'
import { spelling } from './phrase.ts'
import { parseQuery, type Query, withWords } from './query.ts'

/** Documents that are looked through for phrases and excluded words. */
const CANDIDATES = 2000
/** Characters of them, and of each: a fraction of a second. */
const READ = { all: 4_000_000, each: 1_000_000 }

export type Found = Match & { readonly explanation?: Explanation }

/**
 * A person's question, operators and all, as the documents that answer it, best first. `matcher` ranks them for plain
 * words: it is given with each question, as its meaning may count too. Never empty where it finds any among what the
 * filters allow: a phrase that none holds counts as its words, and what would leave nothing is not excluded.
 */
export function openSearch(database: DatabaseSync) {
  const filters = openFilters(database)
  const named = database.prepare('select title, path from document where number = ?')
  const texts = database.prepare('select text from passage where number between ? and ? order by number')

  /** Filters that say nothing are words. */
  function readQuery(question: string): Query {
    let query = parseQuery(question)
    for (const filter of query.filters) if (!filters.isOfUse(filter)) query = withWords(query, filter)
    return query
  }

  /**
   * Of one question: what was read of documents, each once. What is beyond `READ` counts as empty, so that a question
   * takes no longer whatever it asks.
   */
  function createReader() {
    let left = READ.all
    const read = new Map<number, { name: string; passages: string[] }>()
    return (document: number) => {
      const known = read.get(document)
      if (known) return known
      const { title, path } = named.get(document) ?? {}
      const passages: string[] = []
      const end = Math.max(0, left - READ.each)
      for (const { text } of texts.iterate(...numbersOf(document))) {
        if (left <= end) break
        left -= String(text).length
        passages.push(spelling(String(text)))
      }
      const entry = { name: spelling(`${title} ${path}`), passages }
      read.set(document, entry)
      return entry
    }
  }

  return (
    matcher: Matcher,
    question: string,
    limit: number,
    { collection, explain = false }: SearchOptions = {},
  ): Found[] => {
    const query = readQuery(question)
    const found = answer(matcher, query, limit, collection)
    return explain
      ? found.map((match) => ({ ...match, explanation: matcher.explain(query.words, match) }))
      : found
  }

  function answer(matcher: Matcher, query: Query, limit: number, collection: string | undefined): Match[] {
    const allowed = filters.allowed(query.filters, collection)
    if (allowed?.size === 0) return []
    const isChecked = query.phrases.length + query.excluded.length > 0
    const count = isChecked ? CANDIDATES : limit
    const held = heldBy(matcher, query.phrases, allowed)
    if (held && held.size > 0) {
      const found = check(query, matcher.find(query.words, { limit: count, allowed: held }), limit)
      if (found.isAll) return found.matches
    }
    const isWordless = spelling(query.words) === '' && query.filters.length > 0
    const candidates = isWordless
      ? newest(query, collection, count)
      : matcher.find(query.words, { limit: count, allowed })
    if (!isChecked) return candidates
    if (candidates.length > 0) return check(query, candidates, limit).matches
    // To take away from nothing leaves nothing: what is excluded is all that there is to ask for.
    return matcher.find([query.words, ...query.excluded].join(' '), { limit, allowed })
  }

  /**
   * Those with every phrase and without what is excluded; where that is none, with less asked of them. `isAll`: nothing
   * less was.
   */
  function check(
    query: Query,
    candidates: readonly Match[],
    limit: number,
  ): { matches: Match[]; isAll: boolean } {
    const phrases = query.phrases.map(spelling)
    const excluded = query.excluded.map(spelling)
    const read = createReader()
    const contains = ({ document }: Match, words: string) => {
      const { name, passages } = read(document)
      return name.includes(words) || passages.some((text) => text.includes(words))
    }
    const isClear = (match: Match) => !excluded.some((words) => contains(match, words))
    const isHolding = (match: Match) => phrases.every((words) => contains(match, words))
    /** The document by its best passage if that holds a phrase, else by the first that does. */
    const atPhrase = (match: Match) => {
      const { passages } = read(match.document)
      const holds = (text: string | undefined) => phrases.some((words) => text?.includes(words))
      if (holds(passages[match.passage])) return match
      const passage = passages.findIndex(holds)
      return passage === -1 ? match : { ...match, passage }
    }
    const isBoth = (match: Match) => isClear(match) && isHolding(match)
    for (const isWanted of [isBoth, isClear, isHolding]) {
      const wanted = first(candidates, limit, isWanted)
      if (wanted.length > 0) return { matches: wanted.map(atPhrase), isAll: isWanted === isBoth }
    }
    return { matches: candidates.slice(0, limit), isAll: false }
  }

  function newest(query: Query, collection: string | undefined, limit: number): Match[] {
    return filters
      .newest(query.filters, collection, limit)
      .map((document) => ({ document, passage: 0, score: 0 }))
  }
}

/** The allowed documents that may hold every phrase; undefined where that can't be told of any. */
function heldBy(
  matcher: Matcher,
  phrases: readonly string[],
  allowed: DocumentSet | undefined,
): Set<number> | undefined {
  let held: Set<number> | undefined
  for (const phrase of phrases) {
    const own = matcher.holding(phrase)
    if (own) held = held ? new Set([...own].filter((document) => held?.has(document))) : own
  }
  return held && allowed ? new Set([...held].filter((document) => allowed.has(document))) : held
}

function first<T>(items: readonly T[], limit: number, isWanted: (item: T) => boolean): T[] {
  const wanted: T[] = []
  for (const item of items) {
    if (isWanted(item)) wanted.push(item)
    if (wanted.length === limit) break
  }
  return wanted
}
