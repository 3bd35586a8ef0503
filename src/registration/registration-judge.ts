import type { Client } from '../oauth/client.ts'
import type { OAuthError } from '../oauth/errors.ts'

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
