import { OPTIONAL_MEMBERS, TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED } from '../oauth/client-metadata.ts'
import { type JsonObject, type JsonValue, parseJsonObject } from '../oauth/json.ts'
import { MemberFault } from '../oauth/member-fault.ts'
import { SCOPES_SUPPORTED, scopeWithin } from '../oauth/scope.ts'
import { isLoopbackHost } from '../oauth/uri.ts'
import { readNamedFile } from '../ops/named-file.ts'
import type { RegistrationRules } from './policy.ts'

type Read<T> = (value: JsonValue) => T | MemberFault

/** One row for each rule; a member that is not here is a mistake in the file. */
const KIND = {
  scopes,
  token_endpoint_auth_methods: listOf(oneOf(TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED)),
}
const RULES = {
  redirect_hosts: listOf(hostPattern),
  redirect_schemes: listOf(scheme),
  // What a client never may give would shut the door.
  required_members: listOf(oneOf(OPTIONAL_MEMBERS.filter((name) => name !== 'software_statement'))),
  unused_clients_per_address: count,
  web: (value: JsonValue) => object(value, KIND),
  native: (value: JsonValue) => object(value, KIND),
  loopback: (value: JsonValue) => object(value, KIND),
} satisfies { [Name in keyof Required<RegistrationRules>]: Read<Required<RegistrationRules>[Name]> }

/** The rules of a policy file; or what is wrong with it, in one line that names the member. */
export function readRegistrationRules(path: string): RegistrationRules | string {
  const bytes = readNamedFile(path)
  if (typeof bytes === 'string') return `the file ${path} ${bytes}`
  const rules = parseRegistrationRules(bytes)
  return rules instanceof MemberFault ? `in the file ${path}: ${rules.about('').replace(/^[. ]/, '')}` : rules
}

/** A JSON object, nothing in it unknown. A fault says where: `.web.scopes[0]`. */
export function parseRegistrationRules(bytes: Uint8Array): RegistrationRules | MemberFault {
  const body = parseJsonObject(bytes)
  return body instanceof MemberFault ? body : object(body, RULES)
}

type Rows = Readonly<Record<string, Read<unknown>>>
type Given<R extends Rows> = { readonly [Name in keyof R]?: Exclude<ReturnType<R[Name]>, MemberFault> }

function object<R extends Rows>(value: JsonValue, rows: R): Given<R> | MemberFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new MemberFault('must be an object')
  const rules: Record<string, unknown> = {}
  for (const [name, given] of Object.entries<JsonValue>(value as JsonObject)) {
    const read = Object.hasOwn(rows, name) ? rows[name] : undefined
    if (!read) return within(name, new MemberFault(`is no rule; there are ${Object.keys(rows).join(', ')}`))
    const rule = read(given)
    if (rule instanceof MemberFault) return within(name, rule)
    rules[name] = rule
  }
  return rules as Given<R>
}

/** `web` around `.scopes[0]`, without a dot where it begins. */
function within(name: string, fault: MemberFault): MemberFault {
  return fault.within(`.${name}`)
}

function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return new MemberFault('must be an array')
    // An empty one would forbid everything, which is more likely a slip: `closed` says so where it is meant.
    if (value.length === 0) return new MemberFault('must not be empty')
    const list: T[] = []
    for (const [at, element] of value.entries()) {
      const item = read(element)
      if (item instanceof MemberFault) return item.within(`[${at}]`)
      list.push(item)
    }
    return list
  }
}

function oneOf<T extends string>(words: readonly T[]): Read<T> {
  return (value) =>
    words.find((word) => word === value) ?? new MemberFault(`must be one of ${words.join(', ')}`)
}

function scopes(value: JsonValue): readonly string[] | MemberFault {
  const words = listOf(oneOf(SCOPES_SUPPORTED))(value)
  if (words instanceof MemberFault) return words
  return scopeWithin(words.join(' '), [SCOPES_SUPPORTED.join(' ')]) === undefined
    ? new MemberFault('must have one that opens something')
    : words
}

function count(value: JsonValue): number | MemberFault {
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1_000_000
  return isCount ? value : new MemberFault('must be a whole number from 1 to 1000000')
}

function scheme(value: JsonValue): string | MemberFault {
  return typeof value === 'string' && /^[a-z][a-z0-9+.-]{0,99}$/.test(value)
    ? value
    : new MemberFault('must be a scheme in lower case, without its colon')
}

/** It is compared with what a browser makes of a redirect URI, so it has to be written that way. */
function hostPattern(value: JsonValue): string | MemberFault {
  if (typeof value !== 'string') return new MemberFault('must be a host')
  const host = value.startsWith('*.') ? value.slice(2) : value
  const url = host !== '' && URL.canParse(`https://${host}`) ? new URL(`https://${host}`) : undefined
  if (url?.host !== host || host.includes('*')) {
    return new MemberFault(
      'must be a host as browsers write it: lower case, xn-- for other letters, no default port',
    )
  }
  if (isLoopbackHost(url.hostname) && url.port !== '') {
    return new MemberFault('must have no port: that of a loopback address is free (RFC 8252 section 7.3)')
  }
  // All that is below a top level domain is nobody's in particular.
  return value === host || host.includes('.') ? value : new MemberFault('must have two names after *.')
}
