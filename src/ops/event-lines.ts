import type { Event } from './events.ts'
import { quotedList, safeText } from './log-text.ts'

export type Level = 'error' | 'warn' | 'info' | 'debug'

export type LogLine = {
  readonly message: string
  /** For machines, beside the message. */
  readonly fields: Readonly<Record<string, string | number>>
}

/** What is debug here is what a busy server does all the time. */
export const LEVELS: Readonly<Record<Event['type'], Level>> = {
  'registration.received': 'info',
  'registration.accepted': 'info',
  'registration.refused': 'warn',
  'client.updated': 'info',
  'client.approved': 'info',
  'client.deleted': 'info',
  'client.revived': 'info',
  'configuration.refused': 'warn',
  'metadata.read': 'debug',
  'authorization.requested': 'debug',
  'authorization.refused': 'warn',
  'authorization.approved': 'info',
  'authorization.denied': 'info',
  'login.succeeded': 'info',
  'login.failed': 'warn',
  'login.throttled': 'warn',
  'owner.created': 'info',
  'token.issued': 'debug',
  'token.refused': 'warn',
  'token.reuse_detected': 'warn',
  'grant.revoked': 'info',
  'access.challenged': 'debug',
  'access.granted': 'debug',
  'access.refused': 'debug',
  'host.refused': 'warn',
  'request.failed': 'error',
  'upkeep.failed': 'warn',
  'corpus.indexed': 'info',
  'corpus.problem': 'warn',
  'corpus.mirrored': 'info',
}

/**
 * What the log says about an event. The three messages of a registration are a contract. Texts from outside are made
 * safe here, and only here: whatever a client, a browser or a file name says goes through `safeText`.
 */
export function eventLines(event: Event): LogLine[] {
  const line = (message: string): LogLine[] => [{ message, fields: fieldsOf(event) }]
  switch (event.type) {
    case 'registration.received':
      return line(`Client registration request received: ${safeText(event.client_name)}`)
    case 'registration.accepted':
      return [
        ...line(
          `Client registered successfully: ${safeText(event.client_id)} (${safeText(event.client_name)})`,
        ),
        redirectUris(event),
        ...waiting(event),
      ]
    case 'registration.refused':
      return line(`Client registration refused: ${refusal(event)} (${safeText(event.client_name)})`)
    case 'client.updated':
      return [
        ...line(`Client updated: ${safeText(event.client_id)} (${safeText(event.client_name)})`),
        redirectUris(event),
        ...waiting(event),
      ]
    case 'client.approved':
      return line(`Client approved by the owner: ${safeText(event.client_id)}`)
    case 'client.deleted':
      return line(`Client deleted: ${safeText(event.client_id)}`)
    case 'client.revived':
      return line(
        `Client let back in by the owner: ${safeText(event.client_id)} (${safeText(event.client_name)})`,
      )
    case 'configuration.refused':
      return line(`Client configuration refused: ${refusal(event)} (${safeText(event.client_id)})`)
    case 'metadata.read':
      return line(`Metadata read (${event.document}) from ${safeText(event.address)}`)
    case 'authorization.requested':
      return line(`${safeText(event.client_id)} asks for access, for ${safeText(event.redirect_host)}`)
    case 'authorization.refused':
      return line(`Authorization refused: ${refusal(event)} (${safeText(event.client_id)})`)
    case 'authorization.approved':
      return line(`Access granted to ${safeText(event.client_id)}: ${safeText(event.scope)}`)
    case 'authorization.denied':
      return line(`Access denied to ${safeText(event.client_id)} by the owner`)
    case 'login.succeeded':
      return line(`Signed in from ${safeText(event.address)}`)
    case 'login.failed':
      return line(`Failed sign-in from ${safeText(event.address)}`)
    case 'login.throttled':
      return line(`Sign-in slowed down for ${safeText(event.address)} after failed ones`)
    case 'owner.created':
      return line('Owner created')
    case 'token.issued':
      return line(`Tokens issued to ${safeText(event.client_id)} by ${safeText(event.grant_type)}`)
    case 'token.refused':
      return line(`Token request refused: ${refusal(event)} (${safeText(event.client_id)})`)
    case 'token.reuse_detected':
      return line(
        `A used refresh token of ${safeText(event.client_id)} came again: grant ${safeText(event.grant_id)} is revoked`,
      )
    case 'grant.revoked':
      return line(`Grant revoked: ${safeText(event.grant_id)} of ${safeText(event.client_id)}`)
    case 'access.challenged':
      return line(`Access without a token, told where to get one (${safeText(event.address)})`)
    case 'access.granted':
      return line(`${safeText(event.client_id)} calls /mcp (${safeText(event.address)})`)
    case 'access.refused':
      return line(`Access refused: ${refusal(event)} (${safeText(event.address)})`)
    case 'host.refused':
      return line(
        `Request for the host ${safeText(event.host)} refused: this server is ${safeText(event.expected)}. ` +
          `If people reach it by that name, set CORPUSIQ_OAUTH_RESOURCE_URL=https://${safeText(event.host)}`,
      )
    case 'request.failed':
      return [
        {
          message: `${safeText(event.method, 20)} ${safeText(event.path)} failed: ${faultText(event.fault)}`,
          fields: {
            event: event.type,
            request_id: safeText(event.request_id),
            ...(event.fault instanceof Error && event.fault.stack
              ? { stack: stackText(event.fault.stack) }
              : {}),
          },
        },
      ]
    case 'upkeep.failed':
      return line(`Expired entries could not be removed: ${faultText(event.fault)}`)
    case 'corpus.indexed':
      return line(
        `Corpus indexed: ${event.documents} ${event.documents === 1 ? 'document' : 'documents'} in ${event.seconds.toFixed(1)} s`,
      )
    case 'corpus.problem':
      return line(`Corpus: ${safeText(event.path)}: ${safeText(event.reason)}`)
    case 'corpus.mirrored':
      return line(
        `Web source ${safeText(event.source)}: ${event.pages} pages, ${event.changed} changed, ${event.gone} gone, ${event.failed} failed, in ${event.seconds.toFixed(0)} s`,
      )
  }
}

function redirectUris(event: {
  type: Event['type']
  client_id: string
  redirect_uris: readonly string[]
}): LogLine {
  return {
    message: `Client redirect URIs: ${quotedList(event.redirect_uris)}`,
    fields: { event: event.type, client_id: safeText(event.client_id) },
  }
}

function waiting({
  type,
  client_id,
  approval,
}: {
  type: Event['type']
  client_id: string
  approval?: 'pending'
}): LogLine[] {
  if (approval === undefined) return []
  const id = safeText(client_id)
  return [
    {
      message: `Client waits for approval: corpusiq clients approve ${id}`,
      fields: { event: type, client_id: id },
    },
  ]
}

function refusal(event: { error: string; reason: string }): string {
  return `${safeText(event.error)}, ${safeText(event.reason, 500)}`
}

/** The event's own members, its type as `event`; lists and faults stand in the message. */
function fieldsOf(event: Event): Record<string, string | number> {
  const fields: Record<string, string | number> = {}
  for (const name in event) {
    const value: unknown = event[name as keyof Event]
    const key = name === 'type' ? 'event' : name
    if (typeof value === 'string') fields[key] = safeText(value, name === 'reason' ? 500 : 200)
    else if (typeof value === 'number') fields[key] = value
  }
  return fields
}

function faultText(fault: unknown): string {
  return safeText(fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault), 500)
}

/** Where it happened, without the message, which stands in the line already. */
function stackText(stack: string): string {
  const frames = stack.split('\n').filter((frame) => /^\s+at /.test(frame))
  return frames
    .slice(0, 12)
    .map((frame) => safeText(frame))
    .join('\n')
}
