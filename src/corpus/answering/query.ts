import { spelling } from './phrase.ts'

/** What a person asked for, taken apart. */
export type Query = {
  /** What to rank by: all words but operators and what is excluded, those of phrases with them. */
  readonly words: string
  /** As they were written between quotes. */
  readonly phrases: readonly string[]
  /** Words and phrases that are not to stand in a document. */
  readonly excluded: readonly string[]
  readonly filters: readonly Filter[]
}

/** A property that a document must have; of several each. `written` is how the question says it. */
export type Filter = {
  readonly kind: 'path' | 'type' | 'collection' | 'after' | 'before'
  /** What was written after the colon; of a date the first moment of that day, month or year, ISO 8601. */
  readonly value: string
  readonly written: string
}

/** Characters of a question that are looked at. */
const MOST = 4000
/** Words beyond which a question is a text that somebody pasted. */
const SENTENCE = 40
/** Operators beyond which a question is no question of a person. */
const OPERATORS = 32

const KINDS: Readonly<Record<string, Filter['kind']>> = {
  path: 'path',
  type: 'type',
  in: 'collection',
  after: 'after',
  before: 'before',
}

/**
 * Reads a question: `"a phrase"`, `-word`, `-"a phrase"`, `path:`, `type:`, `in:`, `after:`, `before:`, the value as it
 * is or in quotes. Whatever makes no sense as an operator is words, and in a text of several lines or of more than
 * forty words everything is: nobody writes operators there, and what people paste is full of quotes, colons and
 * hyphens. Never throws; takes time in proportion to the question's length.
 */
export function parseQuery(question: string): Query {
  const text = question.slice(0, MOST).toWellFormed()
  if (isPasted(text)) return { words: text, phrases: [], excluded: [], filters: [] }
  const words: string[] = []
  const phrases: string[] = []
  const excluded: string[] = []
  const filters: Filter[] = []
  for (const part of partsOf(text)) {
    const { sign, name, value, quoted, written } = part
    const filter = filterOf(part)
    if (phrases.length + excluded.length + filters.length >= OPERATORS) words.push(written)
    else if (filter) filters.push(filter)
    else if (name === undefined && sign && isExcludable(value, quoted)) excluded.push(value)
    else {
      words.push(written)
      if (name === undefined && quoted && !sign && spelling(value) !== '') phrases.push(value)
    }
  }
  return { words: words.join(' '), phrases, excluded, filters }
}

/** The question without one of its operators' meaning: its filter is words. */
export function withWords(query: Query, filter: Filter): Query {
  return {
    ...query,
    words: `${query.words} ${filter.written}`.trim(),
    filters: query.filters.filter((other) => other !== filter),
  }
}

function isPasted(text: string): boolean {
  if (/[\r\n]/.test(text.trim())) return true
  let words = 0
  for (const _ of text.matchAll(/\S+/g)) if (++words > SENTENCE) return true
  return false
}

type WrittenPart = {
  readonly sign: boolean
  /** Of `name:value`, in lower case. */
  readonly name: string | undefined
  readonly value: string
  readonly quoted: boolean
  readonly written: string
}

/** Opening quotes with what closes them. */
const QUOTES: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“', '«': '»', '「': '」' }

/** What stands between spaces, quotes kept together. Forty parts at most look in vain for the end of a quote. */
function* partsOf(text: string): Generator<WrittenPart> {
  const space = /\s/
  for (let at = 0; at < text.length; ) {
    if (space.test(text[at] ?? '')) {
      at += 1
      continue
    }
    const begin = at
    const sign = text[at] === '-'
    if (sign) at += 1
    const name = /^(?:path|type|in|after|before)(?=:[^\s:])/i.exec(text.slice(at, at + 8))?.[0]
    if (name !== undefined) at += name.length + 1
    const from = at
    const close = QUOTES[text[at] ?? '']
    const end = close === undefined ? -1 : text.indexOf(close, at + 1)
    const quoted = end !== -1
    if (quoted) at = end + 1
    else while (at < text.length && !space.test(text[at] ?? '')) at += 1
    const value = quoted ? text.slice(from + 1, end) : text.slice(from, at).replace(/[,;]+$/, '')
    yield { sign, name: name?.toLowerCase(), value, quoted, written: text.slice(begin, at) }
  }
}

/** `-v` is an option of a program and `-5` a number; `--` and `-` are nothing. */
function isExcludable(value: string, quoted: boolean): boolean {
  if (quoted) return spelling(value) !== ''
  return /^\p{L}/u.test(value) && !/^[a-z]$/i.test(value)
}

function filterOf({ name, sign, value, written }: WrittenPart): Filter | undefined {
  const kind = name === undefined ? undefined : KINDS[name]
  if (kind === undefined || sign) return undefined
  if (kind === 'after' || kind === 'before') {
    const moment = momentOf(value)
    return moment === undefined ? undefined : { kind, value: moment, written }
  }
  return /[\p{L}\p{N}]/u.test(value) ? { kind, value, written } : undefined
}

/** `2026`, `2026-11`, `2026-11-24` as its first moment (UTC); undefined for what is no date. */
function momentOf(value: string): string | undefined {
  const [, year, month = '01', day = '01'] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(value) ?? []
  if (year === undefined) return undefined
  const moment = new Date(`${year}-${month}-${day}T00:00:00.000Z`)
  if (Number.isNaN(moment.getTime())) return undefined
  const text = moment.toISOString()
  return text.startsWith(`${year}-${month}-${day}`) ? text : undefined
}
