/**
 * All that happens, as a typed union: ids and names only, so that no secret can reach a log, a journal or a trail.
 * A handler emits one event after it has persisted; log, audit and metrics are sinks.
 */
export type Event =
  | { type: 'metadata.read'; document: string; address: string }
  | { type: 'registration.received'; client_name: string; address: string }
  | {
      type: 'registration.accepted'
      client_id: string
      client_name: string
      redirect_uris: readonly string[]
      /** The owner has to approve it first. */
      approval?: 'pending'
      address: string
    }
  | { type: 'registration.refused'; error: string; reason: string; client_name: string; address: string }
  | {
      type: 'client.updated'
      client_id: string
      client_name: string
      redirect_uris: readonly string[]
      approval?: 'pending'
      address: string
    }
  | { type: 'client.approved'; client_id: string; account_id?: string }
  | { type: 'client.deleted'; client_id: string }
  | { type: 'client.revived'; client_id: string; client_name: string; account_id: string }
  | { type: 'configuration.refused'; error: string; reason: string; client_id: string; address: string }
  | {
      type: 'authorization.requested'
      client_id: string
      client_name: string
      /** Who would get the code: a host, or a private scheme. */
      redirect_host: string
      signed_in: boolean
      address: string
    }
  | { type: 'authorization.refused'; error: string; reason: string; client_id: string; address: string }
  | { type: 'authorization.approved'; client_id: string; account_id: string; scope: string }
  | { type: 'authorization.denied'; client_id: string; account_id: string }
  | { type: 'login.succeeded'; account_id: string; address: string }
  | { type: 'login.failed'; address: string }
  | { type: 'login.throttled'; address: string }
  | { type: 'owner.created'; account_id: string }
  | { type: 'token.issued'; grant_type: string; client_id: string; grant_id: string; scope: string }
  | { type: 'token.refused'; error: string; reason: string; client_id: string; address: string }
  | { type: 'token.reuse_detected'; client_id: string; grant_id: string }
  | { type: 'grant.revoked'; grant_id: string; client_id: string }
  /** A request for `/mcp` without a token. */
  | { type: 'access.challenged'; address: string }
  /** The first call of a grant since the start. */
  | { type: 'access.granted'; client_id: string; grant_id: string; address: string }
  | { type: 'access.refused'; error: string; reason: string; address: string }
  | { type: 'host.refused'; host: string; expected: string }
  | { type: 'request.failed'; method: string; path: string; request_id: string; fault: unknown }
  | { type: 'upkeep.failed'; fault: unknown }
  | { type: 'corpus.indexed'; documents: number; seconds: number }
  | { type: 'corpus.problem'; path: string; reason: string }
  /** A web source was asked for its pages. `pages`: those that it names; `failed`: those that could not be had. */
  | {
      type: 'corpus.mirrored'
      source: string
      pages: number
      changed: number
      gone: number
      failed: number
      seconds: number
    }

/** Where events go. Never throws, never waits. */
export type Emit = (event: Event) => void
