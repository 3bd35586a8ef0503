import { isDeepStrictEqual } from 'node:util'
import type { Client } from '../oauth/client.ts'
import {
  CLIENT_METADATA_MEMBERS,
  isGiven,
  parseClientMetadata,
  registeredScope,
} from '../oauth/client-metadata.ts'
import { clientName } from '../oauth/client-name.ts'
import { OAuthError } from '../oauth/errors.ts'
import { type JsonObject, type JsonValue, parseJsonObject } from '../oauth/json.ts'
import { MemberFault } from '../oauth/member-fault.ts'
import { hashSecret, type IsSecret } from '../ops/client-secret.ts'
import type { Emit } from '../ops/events.ts'
import { readNamedFile } from '../ops/named-file.ts'
import type { Settings } from '../ops/settings.ts'
import type { ClientStore } from '../store/ports.ts'
import { becomesConfidential, withoutSecret } from './credentials.ts'

/** A client as the clients file declares it; its secret is known as it is, or as its hash alone. */
export type DeclaredClient = Pick<Client, 'client_id' | 'metadata' | 'registered_scope'> & {
  readonly secret?: { readonly text: string } | { readonly hash: string }
}

type Environment = Readonly<Record<string, string | undefined>>

/** The clients of a file; or what is wrong with it, in one line that names the client and the member. */
export function readDeclaredClients(
  path: string,
  server: { origin: string },
  environment: Environment,
): readonly DeclaredClient[] | string {
  const bytes = readNamedFile(path)
  if (typeof bytes === 'string') return `the file ${path} ${bytes}`
  const clients = parseDeclaredClients(bytes, server, environment)
  return typeof clients === 'string' ? `in the file ${path}: ${clients}` : clients
}

/** `{"<client_id>": {…client metadata…}, …}`. */
function parseDeclaredClients(
  bytes: Uint8Array,
  server: { origin: string },
  environment: Environment,
): readonly DeclaredClient[] | string {
  const body = parseJsonObject(bytes)
  if (body instanceof MemberFault) return body.about('it')
  const clients: DeclaredClient[] = []
  for (const [client_id, declared] of Object.entries(body)) {
    const client = parseDeclaredClient(client_id, declared, server, environment)
    if (typeof client === 'string') return `client ${JSON.stringify(client_id.slice(0, 100))}: ${client}`
    clients.push(client)
  }
  return clients
}

/** Any id but those that look like the ones made here. */
const CLIENT_ID = /^(?!client_)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
/** What is signs of both ways to write HTTP Basic alike, and long enough that a fast hash keeps it. */
const SECRET = /^[A-Za-z0-9._~-]{32,200}$/
const HASH =
  /^(?:sha256:[A-Za-z0-9_-]{43}|\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,3}\$[A-Za-z0-9+/]{16,}\$[A-Za-z0-9+/]{22,})$/

const SECRET_MEMBERS = ['client_secret_env', 'client_secret_hash']

function parseDeclaredClient(
  client_id: string,
  declared: JsonValue,
  server: { origin: string },
  environment: Environment,
): DeclaredClient | string {
  if (!CLIENT_ID.test(client_id)) {
    return 'a client_id here is letters, digits, dots, dashes and underscores, at most 100, and does not begin with client_'
  }
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return 'must be an object'
  if ('client_secret' in declared) {
    return 'client_secret must not stand in a file; name a variable of the environment by client_secret_env, or give client_secret_hash'
  }
  // RFC 7591 §2 has unknown members ignored; in a file of the operator one is a slip.
  const unknown = Object.keys(declared).find(
    (name) => !CLIENT_METADATA_MEMBERS.includes(name.split('#')[0] ?? '') && !SECRET_MEMBERS.includes(name),
  )
  if (unknown !== undefined) return `${unknown.slice(0, 100)} is no member of client metadata`
  const metadata = parseClientMetadata(declared, server)
  if (metadata instanceof OAuthError) return metadata.error_description
  const secret = readSecret(declared, metadata.token_endpoint_auth_method, environment)
  if (typeof secret === 'string') return secret
  return {
    client_id,
    metadata,
    ...registeredScope(declared, metadata),
    ...(secret && { secret }),
  }
}

function readSecret(
  declared: JsonObject,
  method: string,
  environment: Environment,
): DeclaredClient['secret'] | string {
  const { client_secret_env: name, client_secret_hash: hash } = declared
  const given = SECRET_MEMBERS.filter((member) => isGiven(declared[member]))
  if (method === 'none') {
    return given[0] === undefined
      ? undefined
      : `${given[0]} is for a client that authenticates, and token_endpoint_auth_method is none`
  }
  if (given.length !== 1) {
    return `token_endpoint_auth_method is ${method}: exactly one of ${SECRET_MEMBERS.join(', ')} must be given`
  }
  if (isGiven(hash)) {
    return typeof hash === 'string' && HASH.test(hash)
      ? { hash }
      : 'client_secret_hash must be sha256:<base64url of the SHA-256>, or an argon2id PHC string'
  }
  if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name)) {
    return 'client_secret_env must be the name of a variable of the environment'
  }
  const text = environment[name]
  if (text === undefined || text === '') return `client_secret_env: the variable ${name} is not set`
  return SECRET.test(text)
    ? { text }
    : `client_secret_env: the value of ${name} must have 32 to 200 letters, digits, dots, dashes, tildes and underscores`
}

/**
 * Makes the store's declared clients those of the file: new ones are registered, changed ones replaced, those that are
 * gone from it removed with their grants. Others are untouched. What is as it was is not written. A line where an id
 * belongs to somebody else.
 */
export async function applyDeclaredClients(
  declared: readonly DeclaredClient[],
  deps: {
    clients: Pick<ClientStore, 'find' | 'register' | 'replace' | 'remove' | 'page'>
    settings: Pick<Settings, 'clientSecretHash'>
    isSecret: IsSecret
    now: number
    emit: Emit
  },
): Promise<string | undefined> {
  const { clients, settings, isSecret, now: at, emit } = deps
  const audit = (type: string, client_id: string) => ({ at, type, client_id, detail: 'by the clients file' })

  const apply = async (wanted: DeclaredClient): Promise<string | undefined> => {
    const { client_id, metadata, registered_scope, secret } = wanted
    const before = await clients.find(client_id)
    if (before && before.source !== 'declared') return `client "${client_id}" exists and is not of the file`
    const stored = before?.client_secret_hash
    const client_secret_hash = secret && (await storedSecret(secret, stored, settings, isSecret))
    const client: Client = {
      client_id,
      client_id_issued_at: before?.client_id_issued_at ?? at,
      ...(before && withoutSecret(bare(before))),
      source: 'declared',
      metadata,
      ...(registered_scope !== undefined && { registered_scope }),
      ...(client_secret_hash !== undefined && { client_secret_hash, client_secret_expires_at: 0 }),
    }
    if (before && isDeepStrictEqual({ ...client }, { ...before })) return undefined
    const told = {
      client_id,
      client_name: clientName(metadata),
      redirect_uris: metadata.redirect_uris,
      address: '',
    }
    if (!before) {
      await clients.register(client, audit('registration.accepted', client_id))
      emit({ type: 'registration.accepted', ...told })
      return undefined
    }
    const forgetConsents = becomesConfidential(before, client)
    const outcome = await clients.replace(client, audit('client.updated', client_id), { forgetConsents })
    if (outcome !== 'replaced') return apply(wanted)
    emit({ type: 'client.updated', ...told })
    return undefined
  }

  for (const wanted of declared) {
    const fault = await apply(wanted)
    if (fault !== undefined) return fault
  }
  const kept = new Set(declared.map(({ client_id }) => client_id))
  for (let after = ''; ; ) {
    const page = await clients.page({ after, limit: 500, source: 'declared' })
    for (const { client_id } of page) {
      if (kept.has(client_id)) continue
      await clients.remove(client_id, audit('client.deleted', client_id))
      emit({ type: 'client.deleted', client_id })
    }
    if (page.length < 500) return undefined
    after = page.at(-1)?.client_id ?? ''
  }
}

/** What the file does not decide: where it came from and how it was used. */
function bare({ registered_scope, scope_limit, approval, ...client }: Client): Client {
  return client
}

/** The hash in store where it is of this very secret: a salted one looks another way each time. */
async function storedSecret(
  secret: NonNullable<DeclaredClient['secret']>,
  stored: string | undefined,
  { clientSecretHash }: Pick<Settings, 'clientSecretHash'>,
  isSecret: IsSecret,
): Promise<string> {
  if ('hash' in secret) return secret.hash
  const isSame = stored?.startsWith(clientSecretHash === 'sha256' ? 'sha256:' : '$argon2id$')
  if (stored !== undefined && isSame && (await isSecret(secret.text, stored)) === true) return stored
  return hashSecret(secret.text, clientSecretHash)
}
