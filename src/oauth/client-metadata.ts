import { OAuthError } from './errors.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { parseKeySet } from './key-set.ts'
import { MemberFault } from './member-fault.ts'
import {
  listOf,
  oneOf,
  type RegisteringServer,
  type Rule,
  redirectUri,
  scope,
  softwareStatement,
  text,
  thoseOf,
  webUri,
} from './metadata-rule.ts'
import { REDIRECT_URIS } from './redirect-uri.ts'
import { DEFAULT_SCOPE } from './scope.ts'

export const TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED = [
  'none',
  'client_secret_basic',
  'client_secret_post',
] as const
export const GRANT_TYPES_SUPPORTED = ['authorization_code', 'refresh_token'] as const
export const RESPONSE_TYPES_SUPPORTED = ['code'] as const

export type TokenEndpointAuthMethod = (typeof TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED)[number]
export type GrantType = (typeof GRANT_TYPES_SUPPORTED)[number]

/**
 * THE TABLE: one row for each member of RFC 7591 §2 and §3.1.1, and OpenID Registration §2's `application_type`.
 * Type, parser, defaults, storage and answers follow from it; a member that is not here is ignored (§2: "The
 * authorization server MUST ignore any client metadata sent by the client that it does not understand").
 */
const MEMBERS = {
  redirect_uris: {
    rule: listOf(redirectUri, REDIRECT_URIS, 'invalid_redirect_uri'),
    missing: new MemberFault('must have at least one URI', 'invalid_redirect_uri'),
  },
  token_endpoint_auth_method: {
    rule: oneOf(TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED),
    default: 'client_secret_basic',
  },
  grant_types: { rule: thoseOf(GRANT_TYPES_SUPPORTED), default: ['authorization_code'] },
  response_types: { rule: thoseOf(RESPONSE_TYPES_SUPPORTED), default: ['code'] },
  client_name: { rule: text(500), localised: true },
  client_uri: { rule: webUri('https', 'http'), localised: true },
  logo_uri: { rule: webUri('https', 'http'), localised: true },
  scope: { rule: scope, default: DEFAULT_SCOPE },
  contacts: { rule: listOf(text(320), 20) },
  tos_uri: { rule: webUri('https', 'http'), localised: true },
  policy_uri: { rule: webUri('https', 'http'), localised: true },
  jwks_uri: { rule: webUri('https') },
  jwks: { rule: parseKeySet },
  software_id: { rule: text(200) },
  software_version: { rule: text(200) },
  software_statement: { rule: softwareStatement },
  application_type: { rule: oneOf(['web', 'native']) },
} as const satisfies Record<string, Member>

type Member = {
  readonly rule: Rule<unknown>
  /** What stands where the member was not given; without it, it stays absent. */
  readonly default?: unknown
  /** Every client has it: what is wrong where it was not given. */
  readonly missing?: MemberFault
  /** RFC 7591 §2.2: may be given in further languages, as `client_name#fr`. */
  readonly localised?: true
}

type Members = typeof MEMBERS
type Value<Name extends keyof Members> = Exclude<ReturnType<Members[Name]['rule']>, MemberFault>
type NamesWith<Column> = {
  [Name in keyof Members]: Members[Name] extends Column ? Name : never
}[keyof Members]
type Always = NamesWith<{ missing: MemberFault } | { default: unknown }>
type Localised = NamesWith<{ localised: true }>

/** Registered client metadata, complete with its defaults, under its wire names. */
export type ClientMetadata = { readonly [Name in Always]: Value<Name> } & {
  readonly [Name in Exclude<keyof Members, Always>]?: Value<Name>
} & { readonly [name: `${Localised}#${string}`]: string }

const ROWS: readonly [string, Member][] = Object.entries(MEMBERS)
export const CLIENT_METADATA_MEMBERS: readonly string[] = ROWS.map(([name]) => name)
/** The members that a client may leave out and that nothing stands in for. */
export const OPTIONAL_MEMBERS: readonly string[] = ROWS.flatMap(([name, row]) =>
  row.missing === undefined && row.default === undefined ? [name] : [],
)
const LOCALISED = (Object.keys(MEMBERS) as (keyof Members)[]).filter(
  (name): name is Localised => 'localised' in MEMBERS[name],
)
/** In all; more than any client has languages, few enough to store. */
const LOCALISED_MEMBERS = 100
/** RFC 4647 §2.1. RFC 5646 §4.4.1: 35 characters are room for every tag that is no oddity. */
const LANGUAGE_TAG = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/
const LANGUAGE_TAG_LENGTH = 35

/**
 * In all, as JSON: the largest of a real client has 2 kB. Anybody may register, each client is stored, and a thousand of
 * them are kept in memory.
 */
const METADATA_LENGTH = 32 * 1024

/**
 * Client metadata as it will be registered, by whichever door it came: what was given is checked by its own rule, then
 * the defaults are put in, then the rules between members are applied. Every fault is told at once; the error code is
 * the first one's. RFC 7591 §3.2.1: "The authorization server MAY reject or replace any of the client's requested
 * metadata values": what it replaces (scope, grant types, response types) stands in the result.
 */
export function parseClientMetadata(
  body: JsonObject,
  server: RegisteringServer,
): ClientMetadata | OAuthError {
  const metadata: Record<string, unknown> = {}
  const faults: [name: string, fault: MemberFault][] = []
  const take = (name: string, rule: Rule<unknown>, given: JsonValue): void => {
    const value = rule(given, server)
    if (value instanceof MemberFault) faults.push([name, value])
    else metadata[name] = value
  }

  for (const [name, { rule, missing }] of ROWS) {
    const given = body[name]
    if (isGiven(given)) take(name, rule, given)
    else if (missing) faults.push([name, missing])
  }
  for (const [name, member, fault] of localisedMembers(body)) {
    if (fault) faults.push([member, fault])
    else take(name, MEMBERS[member].rule, body[name] as JsonValue)
  }
  if (faults.length === 0) {
    for (const [name, row] of ROWS) {
      if (row.default !== undefined && metadata[name] === undefined) metadata[name] = row.default
    }
    faults.push(...faultsBetween(metadata as ClientMetadata))
  }
  const [first] = faults
  if (!first) {
    if (JSON.stringify(metadata).length <= METADATA_LENGTH) return metadata as ClientMetadata
    return new OAuthError(
      'invalid_client_metadata',
      `the metadata must not be longer than ${METADATA_LENGTH} characters in all`,
    )
  }
  return new OAuthError(first[1].error, faults.map(([name, fault]) => fault.about(name)).join('; '))
}

/** Whether a member counts as sent: real clients write `null`, `""` and `[]` where they mean to leave it out. */
export function isGiven(value: JsonValue | undefined): value is JsonValue {
  return (
    value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)
  )
}

/**
 * What a client is restricted to by the `scope` that it asked for by name; nothing where it named none and the default
 * stands in (see `scope.ts`).
 */
export function registeredScope(
  body: JsonObject,
  { scope }: Pick<ClientMetadata, 'scope'>,
): { registered_scope?: string } {
  return isGiven(body.scope) ? { registered_scope: scope } : {}
}

/** The members given in a language of their own (`client_name#fr`), each with what is wrong with its name. */
function localisedMembers(body: JsonObject): [name: string, member: Localised, fault?: MemberFault][] {
  const found: [string, Localised, MemberFault?][] = []
  const seen = new Set<string>()
  for (const name of Object.keys(body)) {
    const at = name.indexOf('#')
    const member = at < 0 ? undefined : LOCALISED.find((localised) => localised === name.slice(0, at))
    if (!member || !isGiven(body[name])) continue
    // RFC 7591 §2.2: "implementations SHOULD interpret the language tag values supplied in a case insensitive manner".
    const folded = name.toLowerCase()
    if (!LANGUAGE_TAG.test(name.slice(at + 1)) || name.length - at - 1 > LANGUAGE_TAG_LENGTH) {
      found.push([name, member, new MemberFault('must have a language tag (BCP 47) after #')])
    } else if (seen.has(folded))
      found.push([name, member, new MemberFault('must not have one language twice')])
    else if (seen.size === LOCALISED_MEMBERS) {
      found.push([name, member, new MemberFault('must not have so many languages')])
      return found
    } else found.push([name, member])
    seen.add(folded)
  }
  return found
}

/** The rules between members, on metadata that is complete. */
function faultsBetween(metadata: ClientMetadata): [name: string, fault: MemberFault][] {
  const faults: [string, MemberFault][] = []
  // RFC 7591 §2.1: authorization_code implies code. Both have to be there, since nothing else starts a grant here.
  if (!metadata.grant_types.includes('authorization_code')) {
    faults.push(['grant_types', new MemberFault('must contain authorization_code, with response_types code')])
  }
  // RFC 7591 §2: "The "jwks_uri" and "jwks" parameters MUST NOT both be present in the same request or response."
  if (metadata.jwks && metadata.jwks_uri) {
    faults.push(['jwks', new MemberFault('and jwks_uri must not both be present')])
  }
  return faults
}
