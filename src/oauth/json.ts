import { MemberFault } from './member-fault.ts'

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject
export type JsonObject = { [name: string]: JsonValue }

/** Deeper than any document here needs to be, and shallow enough for every recursive reader after us. */
const DEPTH = 16

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The object of an I-JSON message (RFC 7493), strictly: UTF-8, no name twice in one object, no number beyond a
 * double, no lone surrogate; no NUL, which databases and C libraries read as an end; and nothing that would reach a
 * prototype (`__proto__`, `constructor.prototype`) where somebody copies members by their names (CWE-1321).
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | MemberFault {
  let text: string
  let value: JsonValue
  try {
    text = utf8.decode(bytes)
  } catch {
    return new MemberFault('is not valid UTF-8')
  }
  try {
    value = JSON.parse(text) as JsonValue
  } catch {
    return new MemberFault('is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new MemberFault('is not a JSON object')
  }
  const written = countNames(text)
  if (written === undefined) return new MemberFault(`is nested deeper than ${DEPTH} levels`)
  // JSON.parse keeps one of two members with the same name: then fewer are left than were written.
  const kept: Kept = { names: 0, finite: true, plain: true }
  countKept(value, kept)
  if (kept.names !== written) return new MemberFault('has two members with the same name')
  if (!kept.finite) return new MemberFault('has a number that is out of range')
  if (!kept.plain) return new MemberFault('has a member that reaches a prototype')
  if (text.includes('\\u') && !isText(value)) {
    return new MemberFault('has a text with a NUL or half a surrogate pair')
  }
  return value
}

/** How many members a valid JSON text writes down, its colons outside of strings; undefined beyond the depth. */
function countNames(text: string): number | undefined {
  let names = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at)
        break
      case 0x3a: // :
        names++
        break
      case 0x7b: // {
      case 0x5b: // [
        if (++depth > DEPTH) return undefined
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth--
        break
    }
  }
  return names
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (code === 0x5c) at++ // a backslash and what it escapes
  }
}

type Kept = { names: number; finite: boolean; plain: boolean }

function countKept(value: JsonValue, kept: Kept): void {
  if (typeof value === 'number') {
    kept.finite &&= Number.isFinite(value)
  } else if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) {
      for (const element of value) countKept(element, kept)
      return
    }
    for (const name of Object.keys(value)) {
      const member = value[name] as JsonValue
      kept.names++
      kept.plain &&= !reachesPrototype(name, member)
      countKept(member, kept)
    }
  }
}

function reachesPrototype(name: string, value: JsonValue): boolean {
  if (name === '__proto__') return true
  return (
    name === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
  )
}

/** Only an escape can bring these in: UTF-8 has no lone surrogates, and JSON no raw control characters. */
function isText(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isText)
  return Object.keys(value).every((name) => isText(name) && isText(value[name] as JsonValue))
}
