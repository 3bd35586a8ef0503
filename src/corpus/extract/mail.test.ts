import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEml, readMbox } from './mail.ts'

const HEAD = 'From: Anna <anna@example.com>\nSubject: Keys\n'
const eml = (source: string) => readEml(Buffer.from(source))
const mbox = async (source: string) => (await readMbox(Buffer.from(source))).text
const MARK = 'From a@b.c Wed Mar 04 10:30:00 2026\n'

test('who to whom, when, about what, and the text', async () => {
  const { title, text } = await eml(
    `${HEAD}To: Bo <bo@example.com>, cy@example.com\nCc: di@example.com\nDate: Wed, 04 Mar 2026 10:30:00 +0100\n\nUnder the mat.\n`,
  )
  assert.equal(title, 'Keys')
  assert.equal(
    text,
    'From: Anna <anna@example.com>\nTo: Bo <bo@example.com>, cy@example.com\nCc: di@example.com\nDate: 2026-03-04T09:30:00.000Z\n\nUnder the mat.',
  )
})

test('words in headers (RFC 2047), quoted-printable and base64 are decoded', async () => {
  const { title, text } = await eml(
    'From: =?utf-8?q?J=C3=B6rg?= <j@example.com>\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?B?IGF1cyBVbG0=?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nT=C3=BCr =\nzu',
  )
  assert.equal(title, 'Grüße aus Ulm')
  assert.equal(text, 'From: Jörg <j@example.com>\n\nTür zu')
  const base64 = await eml(
    `${HEAD}Content-Type: text/plain; charset=windows-1251\nContent-Transfer-Encoding: base64\n\n7Ojw\n`,
  )
  assert.match(base64.text, /\n\nмир$/)
})

test('of a message in two kinds its text, of one in HTML alone what that shows', async () => {
  const part = (type: string, text: string) => `--b\nContent-Type: ${type}\n\n${text}\n`
  const both = `${HEAD}Content-Type: multipart/alternative; boundary=b\n\n${part('text/plain', 'plain')}${part('text/html', '<p>rich')}--b--\n`
  assert.match((await eml(both)).text, /\n\nplain$/)
  const html = `${HEAD}Content-Type: text/html\n\n<p>seen<p hidden>SECRET`
  assert.match((await eml(html)).text, /\n\nseen$/)
})

test('attachments by their names, forwarded messages with what they say, eight deep', async () => {
  const inner = 'From: Pilot <p@example.com>\nSubject: Bar\n\nTwo miles off.\n'
  const parts = `--b\n\nSee.\n--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=list.csv\n\nx,y\n--b\nContent-Type: message/rfc822\n\n${inner}\n--b--\n`
  const { text } = await eml(`${HEAD}Content-Type: multipart/mixed; boundary=b\n\n${parts}`)
  assert.equal(
    text,
    'From: Anna <anna@example.com>\nAttached: list.csv\n\nSee.\n\n## Bar\n\nFrom: Pilot <p@example.com>\n\nTwo miles off.',
  )
  const nested = Array.from(
    { length: 12 },
    (_, at) => `Content-Type: message/rfc822\n\nSubject: level ${at}\n`,
  ).join('')
  const deep = (await eml(`${HEAD}${nested}\nbottom`)).text
  assert.match(deep, /^## level 7$/m)
  assert.doesNotMatch(deep, /level 8|bottom/)
})

test('a mailbox is its messages, each under its subject', async () => {
  assert.equal(
    await mbox(`${MARK}Subject: One\n\nFirst.\n\n${MARK}From: a@b.c\n\nSecond.\n`),
    '## One\n\n\nFirst.\n\n## (no subject)\n\nFrom: a@b.c\n\nSecond.',
  )
  assert.match(
    await mbox(`${MARK}Subject: One\r\n\r\nFirst.\r\n\r\n${MARK}Subject: Two\r\n\r\nSecond.\r\n`),
    /## One[\s\S]*## Two/,
  )
})

test('RFC 4155 a postmark begins a message; a paragraph that begins with From is none, nor one that is quoted', async () => {
  const text = await mbox(
    `${MARK}Subject: One\n\nA line.\n\nFrom the nest nothing.\n\n>From ice to ice.\n>>From there.\n`,
  )
  assert.equal(text, '## One\n\n\nA line.\n\nFrom the nest nothing.\n\nFrom ice to ice.\n>>From there.')
})

test('one message that breaks a limit costs that one', async () => {
  const bad = `Subject: bad\n${'X: y\n'.repeat(300_000)}`
  assert.equal(await mbox(`${MARK}${bad}\n\n${MARK}Subject: good\n\nHere.\n`), '## good\n\n\nHere.')
  await assert.rejects(mbox(`${MARK}${bad}\n\n`), /Maximum header size/)
})

test('what is no message, or no mailbox, is refused', async () => {
  await assert.rejects(eml('just words'), /no message/)
  await assert.rejects(mbox('just words'), /no message/)
})
