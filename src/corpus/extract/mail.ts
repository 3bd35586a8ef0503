import PostalMime, { type Address, type Email } from 'postal-mime'
import { type Draft, Refused } from './format.ts'
import { extractHtml } from './html.ts'

/** A message: who to whom, when, about what, its text, the names of what is attached. */
export async function readEml(bytes: Uint8Array): Promise<Draft> {
  const message = await parse(bytes)
  const text = textOf(message)
  if (!message.from && !message.subject && text === '') throw new Refused('it is no message')
  return { title: message.subject ?? '', text: [...head(message), '', text].join('\n') }
}

/** A mailbox: its messages one after the other, each with its subject as heading. */
export async function readMbox(bytes: Uint8Array): Promise<Draft> {
  const parts: string[] = []
  for (const raw of messagesOf(bytes)) {
    const message = await parse(raw)
    parts.push(
      [`## ${message.subject || '(no subject)'}`, '', ...head(message), '', textOf(message)].join('\n'),
    )
  }
  if (parts.length === 0) throw new Refused('it holds no message')
  return { title: '', text: parts.join('\n\n') }
}

function parse(bytes: Uint8Array): Promise<Email> {
  return PostalMime.parse(bytes, { maxNestingDepth: 64, maxHeadersSize: 1024 * 1024 })
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

/** RFC 4155: a message begins with a line `From ` after an empty one; such lines within are written `>From `. */
function messagesOf(bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts: number[] = []
  if (buffer.subarray(0, 5).toString('latin1') === 'From ') starts.push(0)
  for (const mark of ['\n\nFrom ', '\r\n\r\nFrom ']) {
    for (let at = buffer.indexOf(mark); at !== -1; at = buffer.indexOf(mark, at + 1)) {
      starts.push(at + mark.length - 'From '.length)
    }
  }
  starts.sort((a, b) => a - b)
  return starts.map((start, index) => buffer.subarray(buffer.indexOf('\n', start) + 1, starts[index + 1]))
}
