import { styleText } from 'node:util'
import { eventLines, LEVELS, type Level, type LogLine } from './event-lines.ts'
import type { Emit, Event } from './events.ts'
import type { Settings } from './settings.ts'
import { type Output, standardOutput } from './standard-output.ts'
import { createToldSeldom } from './told-seldom.ts'

export type Log = {
  /** The sink of all events. */
  readonly emit: Emit
  /** A line of the server's own, not from outside. */
  readonly write: (level: Level, message: string) => void
  /** Plain text on the same stream, in order with the lines of the log, at every level and format. */
  readonly print: (text: string) => void
  /** Writes what is waiting, at once. */
  readonly flush: () => void
}

/** The gravest first. A log at one level tells all up to it. */
const GRAVITY: readonly Settings['logLevel'][] = ['silent', 'error', 'warn', 'info', 'debug']

/**
 * The log, one line an event. It goes to standard output, as services are expected to (the ready line and the setup
 * link have to be there in any case, and one stream keeps the order).
 */
export function createLog(
  { logLevel, logFormat }: Pick<Settings, 'logLevel' | 'logFormat'>,
  output: Output = standardOutput(),
  colour = process.stdout.isTTY === true && process.stdout.hasColors(),
): Log {
  const told = new Set(GRAVITY.slice(0, GRAVITY.indexOf(logLevel) + 1))
  const time = isoTime()
  const json = (level: Level, { message, fields }: LogLine) =>
    JSON.stringify({ level, time: time(), ...fields, msg: message })
  const pretty = (level: Level, { message, fields }: LogLine) => prettyLine(level, message, fields, colour)
  const format = logFormat === 'json' ? json : pretty

  // The events of one turn of the event loop are put into words together: one by one, between the requests that they
  // tell of, each takes twice as long.
  let untold: { event: Event; more: number }[] = []
  const tell = () => {
    const events = untold
    untold = []
    for (const { event, more } of events) {
      try {
        for (const line of eventLines(event)) {
          output.write(`${format(LEVELS[event.type], more > 0 ? withMore(line, more) : line)}\n`)
        }
      } catch {
        // A log that fails must not fail anything else.
      }
    }
  }
  const seldom = createToldSeldom((event, more) => {
    if (untold.push({ event, more }) === 1) setImmediate(tell)
  })
  const flush = () => {
    seldom.flush()
    tell()
    output.flushSync()
  }
  process.once('exit', flush)

  return {
    emit(event) {
      if (told.has(LEVELS[event.type])) seldom.emit(event)
    },
    write(level, message) {
      tell()
      if (told.has(level)) output.write(`${format(level, { message, fields: {} })}\n`)
    },
    print(text) {
      tell()
      output.write(`${text}\n`)
      output.flushSync()
    },
    flush,
  }
}

function withMore({ message, fields }: LogLine, more: number): LogLine {
  return { message: `${message}: the last of ${more} more`, fields: { ...fields, more } }
}

/** Now, as ISO 8601: many lines fall into one millisecond, and to spell the time is the dearest part of a line. */
function isoTime(): () => string {
  let spelled = Number.NaN
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== spelled) {
      spelled = now
      text = new Date(now).toISOString()
    }
    return text
  }
}

const COLOURS: Record<Level, 'red' | 'yellow' | 'green' | 'gray'> = {
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'gray',
}

/** `12:03:44 info  Client registered successfully: …`, in local time. */
function prettyLine(
  level: Level,
  message: string,
  { request_id }: LogLine['fields'],
  colour: boolean,
): string {
  const clock = new Date(Date.now()).toTimeString().slice(0, 8)
  const name = level.padEnd(5)
  const start = colour
    ? `${styleText('gray', clock, { validateStream: false })} ${styleText(COLOURS[level], name, { validateStream: false })}`
    : `${clock} ${name}`
  return `${start} ${message}${request_id === undefined ? '' : ` (request ${request_id})`}`
}
