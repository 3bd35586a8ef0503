import { styleText } from 'node:util'
import { pino } from 'pino'
import { eventLines, LEVELS, type Level } from './event-lines.ts'
import type { Emit } from './events.ts'
import type { Settings } from './settings.ts'
import { type Output, standardOutput } from './standard-output.ts'

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

/**
 * The log, one line an event. It goes to standard output, as services are expected to (the ready line and the setup
 * link have to be there in any case, and one stream keeps the order).
 */
export function createLog(
  settings: Pick<Settings, 'logLevel' | 'logFormat'>,
  output: Output = standardOutput(),
  colour = process.stdout.isTTY === true && process.stdout.hasColors(),
): Log {
  const logger = pino(
    {
      level: settings.logLevel,
      base: null,
      timestamp: isoTime(),
      formatters: { level: (label) => ({ level: label }) },
    },
    settings.logFormat === 'json'
      ? output
      : { write: (line: string) => output.write(prettyLine(line, colour)) },
  )
  return {
    emit(event) {
      try {
        const level = LEVELS[event.type]
        if (!logger.isLevelEnabled(level)) return
        for (const { message, fields } of eventLines(event)) logger[level](fields, message)
      } catch {
        // A log that fails must not fail a request.
      }
    },
    write: (level, message) => logger[level](message),
    print(text) {
      output.write(`${text}\n`)
      output.flushSync()
    },
    flush: () => output.flushSync(),
  }
}

/** Pino's `isoTime`; but many lines fall into one millisecond, and to spell the time is the dearest part of a line. */
function isoTime(): () => string {
  let spelled = Number.NaN
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== spelled) {
      spelled = now
      text = `,"time":"${new Date(now).toISOString()}"`
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
function prettyLine(json: string, colour: boolean): string {
  const { level, time, msg, request_id } = JSON.parse(json) as Record<string, string> & { level: Level }
  const clock = new Date(time ?? '').toTimeString().slice(0, 8)
  const name = level.padEnd(5)
  const start = colour
    ? `${styleText('gray', clock, { validateStream: false })} ${styleText(COLOURS[level], name, { validateStream: false })}`
    : `${clock} ${name}`
  return `${start} ${msg}${request_id === undefined ? '' : ` (request ${request_id})`}\n`
}
