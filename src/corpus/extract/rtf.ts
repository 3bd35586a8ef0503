import { type Draft, Refused, refuseLong } from './format.ts'
import { type RtfToken, rtfTokens } from './rtf-tokens.ts'
import { CHARACTERS, CHARSETS, encodingOf, GROUPS, READ_NEVERTHELESS, type RtfGroup } from './rtf-words.ts'

/** Deeper than any document. */
const DEPTH = 512

/** What holds until the end of a group. */
type State = {
  group: RtfGroup
  encoding: string
  /** How many characters follow a `\u` for readers that don't know it. */
  fallback: number
  isHidden: boolean
  inTable: boolean
  /** Of a heading, from 1; 0: none. */
  level: number
}

/** A document in RTF, as Markdown: headings, items, a line for each row, notes after their paragraphs. */
export function readRtf(bytes: Uint8Array): Draft {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  if (!source.startsWith('{\\rtf')) throw new Refused('it is no RTF, whatever its name says')
  const reader = createReader()
  for (const token of rtfTokens(source)) reader.take(token)
  return reader.draft()
}

function createReader(): { take: (token: RtfToken) => void; draft: () => Draft } {
  const groups: State[] = []
  const fonts = new Map<number, string>()
  let base = 'windows-1252'
  let state: State = { group: 'text', encoding: base, fallback: 1, isHidden: false, inTable: false, level: 0 }
  let bytes = ''
  /** Of the fallback, how much is yet to be passed over. */
  let passed = 0
  let isOptional = false
  let font = 0
  const title: string[] = []
  let mark = ''
  let line = ''
  let cells: string[] = []
  const interrupted: string[] = []
  const notes: string[] = []
  let text = ''
  let last = ''

  const add = (block: string, kind: 'paragraph' | 'item' | 'row') => {
    const gap = text === '' ? '' : kind === last && kind !== 'paragraph' ? '\n' : '\n\n'
    text += gap + block
    last = kind
    refuseLong(text.length)
    for (const note of notes.splice(0)) add(note, 'paragraph')
  }
  const write = (characters: string) => {
    if (state.group === 'title') title.push(characters)
    else if (state.group === 'mark') mark += characters
    else if ((state.group === 'text' || state.group === 'note') && !state.isHidden) line += characters
  }
  /** Bytes are read together: two of them may be one character. */
  const flush = () => {
    if (bytes === '') return
    const isAscii = !/[\u0080-\u00ff]/.test(bytes)
    const characters = isAscii ? bytes : new TextDecoder(state.encoding).decode(Buffer.from(bytes, 'latin1'))
    bytes = ''
    write(characters)
  }
  const endParagraph = () => {
    const words = line.replace(/\s+/g, ' ').trim()
    const isItem = mark.trim() !== '' || /^[•◦▪‣] /.test(words)
    line = ''
    mark = ''
    if (words === '') return
    if (interrupted.length > 0) notes.push(words)
    else if (state.level > 0) add(`${'#'.repeat(Math.min(state.level, 6))} ${words}`, 'paragraph')
    else if (isItem) add(`- ${words.replace(/^[•◦▪‣] /, '')}`, 'item')
    else add(words, 'paragraph')
  }
  const close = () => {
    const outer = groups.pop()
    if (!outer) return
    if (state.group === 'note' && outer.group !== 'note') {
      endParagraph()
      line = interrupted.pop() ?? ''
    }
    state = outer
  }
  const enter = (group: RtfGroup) => {
    if (state.group === 'skipped' && group !== 'title') return
    if (group === 'note' && state.group === 'text') {
      interrupted.push(line)
      line = ''
    }
    state.group = group
  }
  const obey = (name: string, value: number | undefined) => {
    const group = GROUPS.get(name) ?? (isOptional && !READ_NEVERTHELESS.has(name) ? 'skipped' : undefined)
    isOptional = false
    if (group) return enter(group)
    const character = CHARACTERS.get(name)
    if (character !== undefined) return write(character)
    if (name === 'u' && value !== undefined) {
      write(String.fromCharCode(value & 0xffff))
      passed = state.fallback
    } else if (name === 'uc') state.fallback = Math.max(value ?? 1, 0)
    else if (name === 'ansicpg') base = state.encoding = encodingOf(value ?? 1252)
    else if (name === 'f' && state.group === 'fonts') font = value ?? 0
    else if (name === 'f') state.encoding = fonts.get(value ?? 0) ?? base
    else if (name === 'fcharset') fonts.set(font, CHARSETS.get(value ?? 0) ?? base)
    else if (name === 'v' || name === 'deleted') state.isHidden = value !== 0
    else if (name === 'plain') {
      state.isHidden = false
      state.encoding = base
    } else if (name === 'pard') {
      state.inTable = false
      state.level = 0
    } else if (name === 'intbl') state.inTable = true
    else if (name === 'outlinelevel') state.level = (value ?? 0) < 6 ? (value ?? 0) + 1 : 0
    else if (state.group === 'skipped' || state.group === 'fonts') return
    else if (name === 'cell') {
      cells.push(line.replace(/\s+/g, ' ').trim())
      line = ''
    } else if (name === 'row') {
      const row = cells.filter(Boolean).join(' | ')
      cells = []
      if (row !== '') add(row, 'row')
    } else if (/^(?:par|sect|page|column)$/.test(name)) {
      if (state.inTable) line += ' '
      else endParagraph()
    }
  }
  return {
    take(token) {
      if (token.is === 'bytes') {
        const skipped = Math.min(passed, token.bytes.length)
        passed -= skipped
        bytes += token.bytes.slice(skipped)
        return
      }
      flush()
      passed = 0
      if (token.is === 'open') {
        if (groups.length >= DEPTH) throw new Refused(`its groups nest deeper than ${DEPTH}`)
        groups.push(state)
        state = { ...state }
        isOptional = false
      } else if (token.is === 'close') close()
      else if (token.is === 'symbol' && token.name === '*') isOptional = true
      // A line's end after a backslash ends a paragraph.
      else if (token.is === 'symbol') obey(/[\r\n]/.test(token.name) ? 'par' : token.name, undefined)
      else obey(token.name, token.value)
    },
    draft() {
      flush()
      endParagraph()
      return { title: title.join('').trim(), text }
    },
  }
}
