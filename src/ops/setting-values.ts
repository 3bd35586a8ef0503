import { BlockList, isIP } from 'node:net'

/** Why a value is wrong, as the middle of a sentence: `"x" is not a whole number from 1 to 9`. */
export class ValueFault {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** Reads the text of a setting. `base`: the directory that relative paths start from. */
export type Parse<T> = (text: string, base: string) => T | ValueFault

export const text: Parse<string> = (value) => value

export function wholeNumber(min: number, max: number): Parse<number> {
  return (value) => {
    if (/^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    return new ValueFault(`${quoted(value)} is not a whole number from ${min} to ${max}`)
  }
}

/** A number of days, as seconds. */
export function days(min: number, max: number): Parse<number> {
  const parse = wholeNumber(min, max)
  return (value, base) => {
    const count = parse(value, base)
    return count instanceof ValueFault ? count : count * 86_400
  }
}

const UNITS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** A length of time: `24h`, `7d`, `30m`, or a number of seconds; as seconds, at most a hundred years. `0` means without end. */
export const duration: Parse<number> = (value) => {
  const [, count, unit] = /^(\d{1,10})([smhd]?)$/.exec(value.toLowerCase()) ?? []
  const seconds = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN)
  if (seconds <= 36_500 * 86_400) return seconds
  return new ValueFault(`${quoted(value)} is no length of time (24h, 7d, 30m, or seconds)`)
}

/** The same, at least `least` seconds; or `0`. */
export function durationFrom(least: number): Parse<number> {
  return (value, base) => {
    const seconds = duration(value, base)
    if (seconds instanceof ValueFault || seconds === 0 || seconds >= least) return seconds
    return new ValueFault(`${quoted(value)} is shorter than ${least / 60} minutes`)
  }
}

/** Where something answers by http or https, wherever it is; a path and a query are its own matter. */
export const endpoint: Parse<string> = (value) => {
  const url = /^https?:\/\/[^\s\\]+$/i.test(value) && URL.canParse(value) ? new URL(value) : undefined
  if (!url) return new ValueFault(`${quoted(value)} is not an http or https URL`)
  if (url.username || url.password) return new ValueFault('it holds a user name or password')
  return url.href
}

export const yesOrNo: Parse<boolean> = (value) => {
  const word = value.toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(word)) return true
  if (['false', '0', 'no', 'off'].includes(word)) return false
  return new ValueFault(`${quoted(value)} is neither true nor false`)
}

export function oneOf<const W extends string>(...words: readonly W[]): Parse<W> {
  return (value) =>
    words.find((word) => word === value.toLowerCase()) ??
    new ValueFault(`${quoted(value)} is none of ${words.join(', ')}`)
}

const SECONDS: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400 }

export type Rate = { readonly points: number; readonly seconds: number }

/** `120/minute`; undefined for `off`. */
export const rate: Parse<Rate | undefined> = (value) => {
  if (value.toLowerCase() === 'off') return undefined
  const [, points, unit] = /^(\d{1,9})\/(second|minute|hour|day)$/.exec(value.toLowerCase()) ?? []
  const seconds = SECONDS[unit ?? '']
  if (Number(points) > 0 && seconds !== undefined) return { points: Number(points), seconds }
  return new ValueFault(`${quoted(value)} is neither a rate (120/minute, 5/second) nor off`)
}

/** An address or a name to listen on; brackets around an IPv6 address are taken off. */
export const host: Parse<string> = (value) => {
  const bare = /^\[(.+)\]$/.exec(value)?.[1] ?? value
  if (isIP(bare) || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/.test(bare)) return bare
  return new ValueFault(`${quoted(value)} is neither an address nor a host name`)
}

/** `*`, or origins as browsers send them. */
export const origins: Parse<'*' | readonly string[]> = (value, base) => {
  if (value === '*') return '*'
  return originList(value, base)
}

const originList = listOf((origins) => {
  const list: string[] = []
  for (const part of origins) {
    const url = /^https?:\/\/[^\s\\]+$/i.test(part) && URL.canParse(part) ? new URL(part) : undefined
    if (!url || url.username || url.password || !/^https?:\/\/[^/?#]+\/?$/i.test(part)) {
      return new ValueFault(`${quoted(part)} is not an origin (scheme, host and port, nothing behind them)`)
    }
    list.push(url.origin)
  }
  return list
})

/** `none`, `loopback`, `cloudflare`, or the proxies' networks. */
export const proxies: Parse<'none' | 'loopback' | 'cloudflare' | readonly string[]> = (value, base) => {
  const word = value.toLowerCase()
  if (word === 'none' || word === 'loopback' || word === 'cloudflare') return word
  return networks(value, base)
}

const networks = listOf((list) => {
  const wrong = list.find((part) => !isNetwork(part))
  if (wrong === undefined) return list
  return new ValueFault(`${quoted(wrong)} is none of none, loopback, cloudflare, and no network (CIDR)`)
})

function isNetwork(value: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) ?? []
  const version = isIP(address)
  if (version === 0) return false
  try {
    const bits = version === 4 ? 32 : 128
    new BlockList().addSubnet(address, Number(prefix ?? bits), version === 4 ? 'ipv4' : 'ipv6')
    return true
  } catch {
    return false
  }
}

/** Reads a comma-separated list that names one thing at least. */
export function listOf<T>(parse: (list: readonly string[], base: string) => T | ValueFault): Parse<T> {
  return (value, base) => {
    const list = parts(value)
    return list.length > 0 ? parse(list, base) : new ValueFault(`${quoted(value)} names nothing`)
  }
}

/** The parts of a comma-separated list, without blanks. */
function parts(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** A value as it may stand in a line for a person: one line, bounded. */
export function quoted(value: string): string {
  const bounded = value.length > 100 ? `${value.slice(0, 100)}…` : value
  return `"${bounded.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '?')}"`
}
