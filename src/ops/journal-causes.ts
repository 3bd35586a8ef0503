import type { Event } from './events.ts'

/**
 * What is known of why something happens, as a table: what real clients do, and where their messages mislead. The
 * first row that fits is the one told. `when` is looked for in the refusal (`error: reason`); without it, always.
 */
export type KnownCause = {
  readonly type: Event['type'] | Derived
  readonly when?: RegExp
  readonly cause: string
}

/** What several entries tell together. */
export type Derived = 'token.unused' | 'registration.repeated' | 'registration.renewed'

export const KNOWN_CAUSES: readonly KnownCause[] = [
  {
    type: 'registration.refused',
    when: /^invalid_redirect_uri.*must be https/,
    cause:
      'The client sends its codes over plain http to another machine. It has to register an https address, or a loopback one.',
  },
  {
    type: 'registration.refused',
    when: /^invalid_redirect_uri/,
    cause:
      'One address of its list is refused, and the whole registration with it: such clients show an error, never a sign-in.',
  },
  {
    type: 'registration.refused',
    when: /REGISTRATION_ACCESS is closed/,
    cause:
      'Many clients then say that the server does not support dynamic client registration. Open it, or make a client for it: corpusiq clients create.',
  },
  {
    type: 'registration.refused',
    when: /initial access token/,
    cause:
      'Registration asks for an initial access token here, which ChatGPT, Claude and most others cannot send. CORPUSIQ_REGISTRATION_ACCESS=approval lets them come and wait for you.',
  },
  {
    type: 'registration.refused',
    when: /^temporarily_unavailable/,
    cause:
      'More registrations from one address than CORPUSIQ_REGISTRATION_RATE. A client in a loop does that, or many people behind one vendor’s address.',
  },
  {
    type: 'registration.refused',
    when: /unused_clients_per_address/,
    cause: 'The policy’s bound of unused clients per address. Those that nobody uses go by themselves.',
  },
  {
    type: 'registration.refused',
    when: /token_endpoint_auth_method/,
    cause:
      'The client asks for a way to authenticate that is not offered here. Some show this as “does not support” that method.',
  },
  {
    type: 'registration.refused',
    when: /content-type|not valid|UTF-8|larger than/,
    cause: 'What arrived is no registration of RFC 7591: often a probe, or a program that guesses.',
  },
  {
    type: 'configuration.refused',
    when: /^invalid_token/,
    cause: 'The client is gone, or its registration token is old: it has to register anew.',
  },
  {
    type: 'authorization.refused',
    when: /^invalid_client/,
    cause:
      'Clients keep a client_id for ever, also after it was deleted here or the data directory changed, and none checks it before it opens this page. Remove the server in the client and add it again.',
  },
  {
    type: 'authorization.refused',
    when: /redirect_uri/,
    cause:
      'The client came with another address than it registered. Its own fault in most cases; removing and adding the server makes it register anew.',
  },
  {
    type: 'authorization.refused',
    when: /code_challenge|PKCE/,
    cause: 'The client did not use PKCE with S256, which every client has to.',
  },
  {
    type: 'authorization.refused',
    when: /^invalid_target/,
    cause:
      'The client asks for another resource: it was given another address of this server, or that of another one.',
  },
  {
    type: 'authorization.refused',
    when: /another site|nobody is signed in|too long|not made by us/,
    cause: 'The page was old, opened twice, or in another browser. Starting again in the client helps.',
  },
  { type: 'login.failed', cause: 'corpusiq accounts set-password sets a forgotten password anew.' },
  {
    type: 'login.throttled',
    cause:
      'Somebody guesses, or an old password is stored in a browser. The right one from another address gets in.',
  },
  {
    type: 'token.refused',
    when: /^invalid_client.*unknown client/,
    cause:
      'The id was deleted here. ChatGPT, Claude, VS Code and the SDKs register anew after this answer; others have to be removed and added.',
  },
  {
    type: 'token.refused',
    when: /^invalid_client.*expired/,
    cause:
      'Its secret was not used for so long that it ended. The client has to register anew, or: corpusiq clients rotate-secret.',
  },
  {
    type: 'token.refused',
    when: /^invalid_client/,
    cause: 'A wrong secret, or none: the client mixed up two registrations, or its settings hold an old one.',
  },
  {
    type: 'token.refused',
    when: /^invalid_grant.*code_verifier/,
    cause: 'Two sign-ins of one client ran at once and mixed up their verifiers. Starting once more helps.',
  },
  {
    type: 'token.refused',
    when: /^invalid_grant.*refresh|used before/,
    cause: 'Clients drop their tokens after this and ask the person to sign in again.',
  },
  {
    type: 'token.refused',
    when: /^invalid_grant/,
    cause: 'A code is good once and for a minute: the client was too slow, or sent it twice.',
  },
  {
    type: 'token.refused',
    when: /^(unauthorized_client|unsupported_grant_type)/,
    cause: 'The client did not register the grant it asks for, or one that is not offered here.',
  },
  {
    type: 'token.reuse_detected',
    cause:
      'Two programs share one token, or it was stolen. The access has ended; whoever is honest signs in again.',
  },
  {
    type: 'access.challenged',
    cause: 'The beginning of every connection: the answer tells the client where to sign in.',
  },
  {
    type: 'access.refused',
    when: /origin/,
    cause: 'A page of an origin that CORPUSIQ_CORS_ALLOW_ORIGINS_CSV does not list.',
  },
  {
    type: 'access.refused',
    when: /expired/,
    cause: 'A token’s hour was over; a client with a refresh token renews it by itself.',
  },
  {
    type: 'access.refused',
    when: /grant has ended/,
    cause:
      'The access was ended here. The client keeps the connection on its side until it is removed there.',
  },
  {
    type: 'access.refused',
    when: /^invalid_token/,
    cause: 'A token of another server, of an earlier data directory, or garbled on its way.',
  },
  {
    type: 'token.unused',
    cause:
      'The client has tokens and does not use them: it failed on its side after signing in (Claude says “authorization failed” to all of this), or what stands in between drops the Authorization header.',
  },
  {
    type: 'registration.renewed',
    cause:
      'After a 401 a client that takes its id for dead registers anew. The person has to agree once more.',
  },
  {
    type: 'registration.repeated',
    cause:
      'Many clients register at each connection or for each window; what nobody authorizes goes by itself.',
  },
]

/** The known cause; undefined where none is known. */
export function knownCause(type: KnownCause['type'], refusal = ''): string | undefined {
  return CAUSES_OF.get(type)?.find(({ when }) => when === undefined || when.test(refusal))?.cause
}

const CAUSES_OF = Map.groupBy(KNOWN_CAUSES, ({ type }) => type)
