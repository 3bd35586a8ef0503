import type { Client } from '../oauth/client.ts'
import type { ClientMetadata, TokenEndpointAuthMethod } from '../oauth/client-metadata.ts'
import { OAuthError } from '../oauth/errors.ts'
import { MemberFault } from '../oauth/member-fault.ts'
import { redirectHost } from '../oauth/redirect-uri.ts'
import { scopeWithin } from '../oauth/scope.ts'

/** What a client is by its redirect URIs: a site, an app that owns a scheme, a program on the person's device. */
export type ClientKind = 'web' | 'native' | 'loopback'

/** What clients of one kind may be; what is absent is not restricted. */
export type KindRules = {
  readonly scopes?: readonly string[]
  readonly token_endpoint_auth_methods?: readonly TokenEndpointAuthMethod[]
}

/** Rules for what may be registered, as data. What is absent is not restricted. */
export type RegistrationRules = {
  /** `claude.ai`, `localhost`, `*.example.com` for every host below it, `example.com:8443`. */
  readonly redirect_hosts?: readonly string[]
  /** Without their colon. */
  readonly redirect_schemes?: readonly string[]
  readonly required_members?: readonly string[]
  /** Clients that nobody authorized, of one address. */
  readonly unused_clients_per_address?: number
} & { readonly [Kind in ClientKind]?: KindRules }

type Registration = Pick<Client, 'metadata' | 'registered_scope'>

/**
 * The registration that results, with its scope narrowed to what its kinds and `scope_limit` allow; or every rule that
 * it breaks, each as a sentence that says what to change. A client whose redirect URIs are of several kinds has to
 * keep to the rules of each.
 */
export function judgeByRules(
  rules: RegistrationRules,
  { metadata, registered_scope }: Registration,
  scope_limit: string | undefined,
): Registration | OAuthError {
  const kinds = kindsOf(metadata)
  const limits = kinds.flatMap((kind) => rules[kind]?.scopes?.join(' ') ?? [])
  if (scope_limit !== undefined) limits.push(scope_limit)
  const scope = scopeWithin(metadata.scope, limits)
  const faults = [
    ...metadata.redirect_uris.flatMap((uri, at) => redirectFault(rules, uri, at) ?? []),
    ...(rules.required_members ?? []).flatMap((name) => missingMember(metadata, name) ?? []),
    ...kinds.flatMap((kind) => methodFault(rules, metadata, kind) ?? []),
    ...(scope === undefined ? [scopeFault(limits)] : []),
  ]
  const [first] = faults
  if (first) return new OAuthError(first.error, faults.map(({ text }) => text).join('; '))
  if (limits.length === 0 || scope === undefined) {
    return { metadata, ...(registered_scope !== undefined && { registered_scope }) }
  }
  // One that named no scope was not restricted; within a limit it is.
  return { metadata: { ...metadata, scope }, registered_scope: scope }
}

const KIND_OF = { https: 'web', private: 'native', loopback: 'loopback' } as const

function kindsOf({ redirect_uris }: ClientMetadata): ClientKind[] {
  return [...new Set(redirect_uris.map((uri) => KIND_OF[redirectHost(uri).kind]))]
}

function redirectFault(rules: RegistrationRules, uri: string, at: number): MemberFault | undefined {
  const { redirect_schemes: schemes, redirect_hosts: hosts } = rules
  if (!schemes && !hosts) return undefined
  const { host, kind } = redirectHost(uri)
  const scheme = new URL(uri).protocol.slice(0, -1)
  if (schemes && !schemes.includes(scheme)) {
    return refusedRedirect(`redirect_uris[${at}] has the scheme ${scheme}, ${allowed(schemes)}`)
  }
  if (hosts && kind !== 'private' && !hosts.some((pattern) => isHost(host, pattern))) {
    return refusedRedirect(`redirect_uris[${at}] leads to ${host}, ${allowed(hosts)}`)
  }
  return undefined
}

function refusedRedirect(text: string): MemberFault {
  return new MemberFault(text, 'invalid_redirect_uri')
}

function isHost(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern
}

function missingMember(metadata: ClientMetadata, name: string): MemberFault | undefined {
  return Object.hasOwn(metadata, name)
    ? undefined
    : new MemberFault(`${name} must be given: this server asks for it`)
}

function methodFault(
  rules: RegistrationRules,
  metadata: ClientMetadata,
  kind: ClientKind,
): MemberFault | undefined {
  const methods = rules[kind]?.token_endpoint_auth_methods
  const { token_endpoint_auth_method: method } = metadata
  if (!methods || methods.includes(method)) return undefined
  return new MemberFault(`token_endpoint_auth_method is ${method}, ${allowed(methods)} ${KIND_WORDS[kind]}`)
}

const KIND_WORDS: Record<ClientKind, string> = {
  web: 'for a client with an https redirect URI',
  native: 'for a client with a private-use scheme',
  loopback: 'for a client with a loopback redirect URI',
}

function scopeFault(limits: readonly string[]): MemberFault {
  const [first = '', ...others] = limits
  const open = scopeWithin(first, others)
  return new MemberFault(
    open === undefined
      ? 'no scope is open to this client here: its redirect URIs, or these and its initial access token, have none in common'
      : `scope has nothing that is open to this client: ask for ${open}`,
  )
}

const SHOWN = 5

function allowed(list: readonly string[]): string {
  const rest = list.length > SHOWN ? ` and ${list.length - SHOWN} more` : ''
  return `and this server allows only ${list.slice(0, SHOWN).join(', ')}${rest}`
}
