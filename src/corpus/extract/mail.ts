import PostalMime, { type Address, type Email } from 'postal-mime'
import { type Draft, Refused } from './format.ts'
import { extractHtml } from './html.ts'

/** Messages within messages that are read. */
const FORWARDED = 8

/** A message: who to whom, when, about what, its text, the names of what is attached, the messages that it forwards. */
export async function readEml(bytes: Uint8Array): Promise<Draft> {
  const message = await parse(bytes)
  if (!message.from && !message.subject && textOf(message) === '') throw new Refused('it is no message')
  return { title: message.subject ?? '', text: await written(message) }
}

/** A mailbox: its messages one after the other, each with its subject as heading. */
export async function readMbox(bytes: Uint8Array): Promise<Draft> {
  const parts: string[] = []
  let fault: unknown = new Refused('it holds no message')
  for (const raw of messagesOf(bytes)) {
    // One that cannot be read is no reason to lose the others.
    const part = await parse(raw).then(titled, (thrown: unknown) => {
      fault = thrown
    })
    if (part !== undefined) parts.push(part)
  }
  if (parts.length === 0) throw fault
  return { title: '', text: parts.join('\n\n') }
}

async function titled(message: Email, depth = 0): Promise<string> {
  return `## ${message.subject || '(no subject)'}\n\n${await written(message, depth)}`
}

async function written(message: Email, depth = 0): Promise<string> {
  const parts = [[...head(message), '', textOf(message)].join('\n')]
  const forwarded = message.attachments.filter(({ mimeType }) => mimeType === 'message/rfc822')
  for (const { content } of depth < FORWARDED ? forwarded : []) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content)
    parts.push(await titled(await parse(bytes), depth + 1))
  }
  return parts.join('\n\n')
}

function parse(bytes: Uint8Array): Promise<Email> {
  // Messages within this one stay apart.
  const limits = { maxNestingDepth: 64, maxHeadersSize: 1024 * 1024, maxRfc822NestingDepth: 0 }
  return PostalMime.parse(bytes, limits)
}

function head({ from, to, cc, date, attachments }: Email): string[] {
  const lines: [string, string | undefined][] = [
    ['From', from && addressed([from])],
    ['To', to && addressed(to)],
    ['Cc', cc && addressed(cc)],
    ['Date', date],
    [
      'Attached',
      attachments
        .map(({ filename }) => filename)
        .filter(Boolean)
        .join(', '),
    ],
  ]
  return lines.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
}

function addressed(all: readonly Address[]): string {
  return all
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : name || address))
    .join(', ')
}

function textOf({ text, html }: Email): string {
  return (text?.trim() || (html ? extractHtml(html).text : '')).trim()
}

/** RFC 4155: `From`, the sender, and a time. A paragraph may begin with that word as well. */
const POSTMARK = /^From \S[^\n]{0,1000}\d\d?:\d\d/

/** A message begins with a postmark after an empty line; lines within that look like one are written `>From `. */
function messagesOf(bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts: number[] = []
  if (buffer.subarray(0, 5).toString('latin1') === 'From ') starts.push(0)
  for (const mark of ['\n\nFrom ', '\r\n\r\nFrom ']) {
    for (let at = buffer.indexOf(mark); at !== -1; at = buffer.indexOf(mark, at + 1)) {
      const start = at + mark.length - 'From '.length
      if (POSTMARK.test(buffer.toString('latin1', start, start + 1024))) starts.push(start)
    }
  }
  starts.sort((a, b) => a - b)
  return starts.map((start, index) =>
    unquoted(buffer.subarray(buffer.indexOf('\n', start) + 1, starts[index + 1])),
  )
}

function unquoted(message: Buffer): Buffer {
  if (!message.includes('\n>From ')) return message
  return Buffer.from(message.toString('latin1').replace(/^>From /gm, 'From '), 'latin1')
}
