import type { Client } from '../oauth/client.ts'
import type { ClientMetadata } from '../oauth/client-metadata.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { Settings } from '../ops/settings.ts'
import { judgeByRules, type RegistrationRules } from './policy.ts'

/** A registration as it would result, complete with its defaults: never what was sent. */
export type ProposedRegistration = Pick<Client, 'metadata' | 'registered_scope'>

/** As it may be registered: the members of `Client` that policy decides. Those that are absent the client has not got. */
export type JudgedRegistration = Pick<Client, 'metadata' | 'registered_scope' | 'scope_limit' | 'approval'>

export type RegistrationContext = {
  readonly address: string
  /** The client as it is, where it is replaced (RFC 7592 §2.2); absent where it is new. */
  readonly client?: Client
  /** What the initial access token of a new client lets it ask for; absent: anything. */
  readonly scope_limit?: string
}

/**
 * Whether this client may be registered, and as what: at `POST /register` and at RFC 7592's `PUT` alike, so that
 * nothing comes in by one door that another one refuses. The scope may be narrowed, RFC 7591 §3.2.1: "The
 * authorization server MAY reject or replace any of the client's requested metadata values".
 */
export type JudgeRegistration = (
  proposed: ProposedRegistration,
  context: RegistrationContext,
) => Promise<JudgedRegistration | OAuthError>

/** What a program around the library may decide beside the rules: nothing, or what the client is refused with. */
export type RegistrationPolicy = (
  client: ClientMetadata,
  context: {
    /** A new client, or one that replaces its registration (RFC 7592 §2.2). */
    readonly action: 'register' | 'update'
    readonly address: string
    /** Of the one that is replaced. */
    readonly client_id?: string
  },
) => RegistrationRefusal | undefined | Promise<RegistrationRefusal | undefined>

/** RFC 7591 §3.2.2. `access_denied` is answered with 403, the others with 400. */
export type RegistrationRefusal = {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata' | 'access_denied'
  /** A sentence that tells the client's developer what to change. */
  readonly error_description: string
}

const REFUSALS: readonly unknown[] = ['invalid_redirect_uri', 'invalid_client_metadata', 'access_denied']

/** Rules first, then the function, which sees what the rules made of it; then whether the client has to wait. */
export function createRegistrationJudge(deps: {
  access: Settings['registrationAccess']
  rules: RegistrationRules
  policy: RegistrationPolicy | undefined
}): JudgeRegistration {
  const { access, rules, policy } = deps
  return async (proposed, { address, client, scope_limit = client?.scope_limit }) => {
    const judged = judgeByRules(rules, proposed, scope_limit)
    if (judged instanceof OAuthError) return judged
    if (policy) {
      const refusal = await policy(structuredClone(judged.metadata), {
        action: client ? 'update' : 'register',
        address,
        ...(client && { client_id: client.client_id }),
      })
      if (refusal !== undefined) return refused(refusal)
    }
    return {
      ...judged,
      ...(scope_limit !== undefined && { scope_limit }),
      ...(hasToWait(access, client, judged.metadata) && { approval: 'pending' }),
    }
  }
}

/**
 * Nobody ends the wait but the owner. One that was approved waits anew where it becomes another one than the owner saw:
 * by its name, or by an address that was not there.
 */
function hasToWait(
  access: string,
  client: Client | undefined,
  { client_name, redirect_uris }: ClientMetadata,
): boolean {
  if (client?.approval === 'pending') return true
  if (access !== 'approval') return false
  if (!client) return true
  const { metadata: seen } = client
  return client_name !== seen.client_name || !redirect_uris.every((uri) => seen.redirect_uris.includes(uri))
}

/** A function that answers anything else is a bug of its program, and lets nobody in. */
function refused(refusal: RegistrationRefusal): OAuthError {
  const { error, error_description } = refusal ?? {}
  if (!REFUSALS.includes(error) || typeof error_description !== 'string') {
    throw new TypeError(
      `registrationPolicy answers undefined, or error (${REFUSALS.join(', ')}) and error_description`,
    )
  }
  return new OAuthError(error, error_description)
}
