import type { Event } from './events.ts'
import { quotedList, safeText } from './log-text.ts'

export type Level = 'error' | 'warn' | 'info' | 'debug'

export type LogLine = {
  readonly level: Level
  readonly message: string
  /** For machines, beside the message. */
  readonly fields: Readonly<Record<string, string | number>>
}

/**
 * What the log says about an event. The three messages of a registration are a contract. Texts from outside are made
 * safe here, and only here: whatever a client, a browser or a file name says goes through `safeText`.
 */
export function eventLines(event: Event): LogLine[] {
  const line = (level: Level, message: string): LogLine[] => [{ level, message, fields: fieldsOf(event) }]
  switch (event.type) {
    case 'registration.received':
      return line('info', `Client registration request received: ${safeText(event.client_name)}`)
    case 'registration.accepted':
      return [
        ...line(
          'info',
          `Client registered successfully: ${safeText(event.client_id)} (${safeText(event.client_name)})`,
        ),
        {
          level: 'info',
          message: `Client redirect URIs: ${quotedList(event.redirect_uris)}`,
          fields: { event: event.type, client_id: safeText(event.client_id) },
        },
      ]
    case 'registration.refused':
      return line('warn', `Client registration refused: ${refusal(event)} (${safeText(event.client_name)})`)
    case 'client.deleted':
      return line('info', `Client deleted: ${safeText(event.client_id)}`)
    case 'authorization.refused':
      return line('warn', `Authorization refused: ${refusal(event)} (${safeText(event.client_id)})`)
    case 'authorization.approved':
      return line('info', `Access granted to ${safeText(event.client_id)}: ${safeText(event.scope)}`)
    case 'authorization.denied':
      return line('info', `Access denied to ${safeText(event.client_id)} by the owner`)
    case 'login.succeeded':
      return line('info', `Signed in from ${safeText(event.address)}`)
    case 'login.failed':
      return line('warn', `Failed sign-in from ${safeText(event.address)}`)
    case 'login.throttled':
      return line('warn', `Sign-in slowed down for ${safeText(event.address)} after failed ones`)
    case 'owner.created':
      return line('info', 'Owner created')
    case 'token.issued':
      return line('debug', `Tokens issued to ${safeText(event.client_id)} by ${safeText(event.grant_type)}`)
    case 'token.refused':
      return line('warn', `Token request refused: ${refusal(event)} (${safeText(event.client_id)})`)
    case 'token.reuse_detected':
      return line(
        'warn',
        `A used refresh token of ${safeText(event.client_id)} came again: grant ${safeText(event.grant_id)} is revoked`,
      )
    case 'grant.revoked':
      return line('info', `Grant revoked: ${safeText(event.grant_id)} of ${safeText(event.client_id)}`)
    case 'access.refused':
      return line('debug', `Access refused: ${refusal(event)} (${safeText(event.address)})`)
    case 'host.refused':
      return line(
        'warn',
        `Request for the host ${safeText(event.host)} refused: this server is ${safeText(event.expected)}. ` +
          `If people reach it by that name, set CORPUSIQ_OAUTH_RESOURCE_URL=https://${safeText(event.host)}`,
      )
    case 'request.failed':
      return [
        {
          level: 'error',
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
      return line('warn', `Expired entries could not be removed: ${faultText(event.fault)}`)
    case 'corpus.indexed':
      return line(
        'info',
        `Corpus indexed: ${event.documents} ${event.documents === 1 ? 'document' : 'documents'} in ${event.seconds.toFixed(1)} s`,
      )
    case 'corpus.problem':
      return line('warn', `Corpus: ${safeText(event.path)}: ${safeText(event.reason)}`)
  }
}

function refusal(event: { error: string; reason: string }): string {
  return `${safeText(event.error)}, ${safeText(event.reason, 500)}`
}

/** The event's own members, its type as `event`; lists and faults stand in the message. */
function fieldsOf(event: Event): Record<string, string | number> {
  const fields: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(event)) {
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
