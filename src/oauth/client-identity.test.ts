import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { identifyClient, identityLine } from './client-identity.ts'
import { KNOWN_CLIENTS, verifiedClient } from './known-clients.ts'
import { KNOWN_NAMES } from './known-names.ts'

const EVIL = 'https://evil.example/callback'
const CHATGPT = 'https://chatgpt.com/connector/oauth/OUbdUMlL15Ct'
const CLAUDE = 'https://claude.ai/api/mcp/auth_callback'
const LOOPBACK = 'http://localhost:54545/callback'

const named = (client_name: string | undefined, ...redirect_uris: string[]) => ({
  ...(client_name !== undefined && { client_name }),
  redirect_uris,
})
/** The names that the client's is said to resemble. */
function resembles(client_name: string, redirect_uri: string): string[] {
  const { flags } = identifyClient(named(client_name, redirect_uri), redirect_uri)
  return flags.flatMap((flag) => (flag.flag === 'look-alike name' ? [flag.of] : []))
}

test('RFC 7591 §5 the address verifies, the name does not', () => {
  assert.equal(identifyClient(named('Anything', CHATGPT)).verified, 'ChatGPT')
  assert.equal(identifyClient(named(undefined, CLAUDE)).verified, 'Claude')
  for (const redirect_uri of [EVIL, LOOPBACK, 'https://chatgpt.com/', 'https://chatgpt.com/other']) {
    assert.equal(identifyClient(named('ChatGPT', redirect_uri)).verified, undefined, redirect_uri)
  }
})

test('a forwarding address, a loopback or private scheme never verifies', () => {
  for (const redirect_uri of [
    'https://vscode.dev/redirect',
    'https://insiders.vscode.dev/redirect',
    'https://raycast.com/redirect',
    'https://raycast.com/redirect?packageName=Extension',
    'https://oauth.n8n.cloud/oauth2/callback',
    'https://antigravity.google/oauth-callback',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'warp://mcp/oauth2callback',
    'http://127.0.0.1:33418/',
    LOOPBACK,
  ]) {
    assert.equal(verifiedClient(redirect_uri), undefined, redirect_uri)
  }
})

test('without an address all of the registered ones count: one that anybody can have, and nobody is verified', () => {
  assert.equal(
    identifyClient(named('Claude', CLAUDE, 'https://claude.com/api/mcp/auth_callback')).verified,
    'Claude',
  )
  for (const other of [EVIL, CHATGPT, LOOPBACK, 'cursor://anysphere.cursor-mcp/oauth/callback']) {
    assert.equal(identifyClient(named('Claude', CLAUDE, other)).verified, undefined, other)
    assert.equal(identifyClient(named('Claude', other, CLAUDE)).verified, undefined, other)
    assert.equal(identifyClient(named('Claude', CLAUDE, other), CLAUDE).verified, 'Claude')
  }
})

test('A-087 a name that is or resembles a known one is flagged where the address is not that client’s', () => {
  for (const [name, of] of [
    ['ChatGPT', 'ChatGPT'],
    ['chatgpt', 'ChatGPT'],
    ['Chat GPT', 'ChatGPT'],
    ['C h a t G P T', 'ChatGPT'],
    ['Chat-GPT_5', 'ChatGPT'],
    ['C.h.a.t.G.P.T', 'ChatGPT'],
    ['ChatGPT5', 'ChatGPT'],
    ['ChatGPTConnector', 'ChatGPT'],
    ['chatgptconnector', 'ChatGPT'],
    ['The official ChatGPT connector', 'ChatGPT'],
    ['Ch4tGPT', 'ChatGPT'],
    ['Сhаtgpt', 'ChatGPT'],
    ['ＣｈａｔＧＰＴ', 'ChatGPT'],
    ['Cha\u200btGPT', 'ChatGPT'],
    ['🅲🅷🅰🆃🅶🅿🆃', 'ChatGPT'],
    ['OpenAI', 'OpenAI'],
    ['0penAl', 'OpenAI'],
    ['CIaude', 'Claude'],
    ['CLAUDE', 'Claude'],
    ['Claude Desktop', 'Claude'],
    ['Anthropic', 'Anthropic'],
    ['Claude Code', 'Claude Code'],
    ['Cursor', 'Cursor'],
    ['Grοk', 'Grok'],
    ['Perp1exity', 'Perplexity'],
    ['Le Chat', 'Le Chat'],
    ['Micr0soft C0pilot', 'Microsoft Copilot'],
    ['VSCode', 'VS Code'],
    ['Devin', 'Devin'],
  ] as const) {
    assert.deepEqual(resembles(name, EVIL), [of], name)
  }
  assert.deepEqual(resembles('Claude and ChatGPT', EVIL), ['Claude', 'ChatGPT'])
  assert.deepEqual(resembles('OpenAI ChatGPT', EVIL), ['OpenAI'], 'one of each client')
})

test('what only contains or neighbours a known name is not flagged', () => {
  for (const name of [
    'Test Client',
    'Precursor',
    'Cursory notes',
    'Notes of Claudette',
    'Warped',
    'Grokking',
    'Chat',
    'My chat',
    'Open AIr museum',
    'Кот',
    '日本語',
    '',
  ]) {
    assert.deepEqual(resembles(name, EVIL), [], name)
  }
})

test('a verified client that calls itself by another’s name is shown with the truth', () => {
  const identity = identifyClient(named('Claude', CHATGPT), CHATGPT)
  assert.deepEqual(identity, { verified: 'ChatGPT', flags: [{ flag: 'look-alike name', of: 'Claude' }] })
  assert.equal(identityLine(identity), 'verified: ChatGPT; name resembles Claude')
})

test('a known client under its own name is not flagged, on its own address or on the person’s device', () => {
  for (const [name, redirect_uri] of [
    ['OpenAI ChatGPT', CHATGPT],
    ['Claude', CLAUDE],
    ['Claude Code (notes)', LOOPBACK],
    ['Codex', 'http://127.0.0.1:63546/callback/6MFBM1In3Ey-'],
    ['Visual Studio Code - Insiders', 'https://vscode.dev/redirect'],
    ['Visual Studio Code', 'http://127.0.0.1:33418/'],
    ['Cursor', 'cursor://anysphere.cursor-mcp/oauth/callback'],
    ['Cursor', LOOPBACK],
  ] as const) {
    assert.deepEqual(resembles(name, redirect_uri), [], name)
  }
})

test('nobody’s own name is written in other letters, whatever the address', () => {
  assert.deepEqual(resembles('CIaude Code', LOOPBACK), ['Claude Code'])
  assert.deepEqual(resembles('Сhаtgpt', CHATGPT), ['ChatGPT'])
  assert.deepEqual(resembles('Claude', LOOPBACK), ['Claude'], 'Claude does not run on the device')
  assert.deepEqual(resembles('ChatGPT', CLAUDE), ['ChatGPT'])
})

test('mixed scripts are named, in words of a line too', () => {
  const identity = identifyClient(named('Clаude', EVIL))
  assert.deepEqual(identity.flags, [
    { flag: 'look-alike name', of: 'Claude' },
    { flag: 'mixed scripts', word: 'Clаude' },
  ])
  assert.equal(identityLine(identity), 'unverified; name resembles Claude; mixed scripts in one word')
  assert.equal(identityLine(identifyClient(named('Notes', EVIL))), 'unverified')
})

test('each client with an address of its own has a name in the table, and each name the addresses that it claims', () => {
  const rows = new Set(KNOWN_CLIENTS.map(({ client }) => client))
  for (const { clients } of KNOWN_NAMES) for (const client of clients) assert.ok(rows.has(client), client)
  const claimed = new Set(KNOWN_NAMES.flatMap(({ clients }) => clients))
  // Everybody may run an n8n of their own.
  for (const client of rows) assert.ok(claimed.has(client) || client === 'n8n cloud', client)
})

test('any name has an identity', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom('C', 'l', 'I', '1', 'а', 'u', 'd', 'e', ' ', '\u200b', 'GPT', 'chat'),
      maxLength: 60,
    }),
  )
  const address = fc.constantFrom(
    EVIL,
    CHATGPT,
    CLAUDE,
    LOOPBACK,
    'cursor://anysphere.cursor-mcp/oauth/callback',
  )
  fc.assert(
    fc.property(name, address, (client_name, redirect_uri) => {
      const identity = identifyClient(named(client_name, redirect_uri), redirect_uri)
      assert.equal(identity.verified, identifyClient(named('', redirect_uri)).verified)
      assert.match(identityLine(identity), /^(unverified|verified: )/)
    }),
    { numRuns: 2000 },
  )
})

test('the work grows no faster than the name', () => {
  let read = 0
  const { normalize, replace } = String.prototype
  const count = (text: string) => {
    read += text.length
    return text
  }
  String.prototype.normalize = function (this: string, form?: string) {
    return normalize.call(count(this), form)
  }
  String.prototype.replace = function (this: string, ...how: unknown[]) {
    return Reflect.apply(replace, count(this), how)
  }
  try {
    for (const piece of ['a', 'A', '1', 'aB', 'ﷺ', 'ChatGP', 'cl', ' C']) {
      const name = piece.repeat(2000)
      read = 0
      identifyClient(named(name, EVIL))
      assert.ok(read <= 400 * name.length, `${piece}: ${read} of ${name.length}`)
    }
  } finally {
    Object.assign(String.prototype, { normalize, replace })
  }
})

test('a name is a client’s own only where every address is', () => {
  assert.deepEqual(identifyClient(named('Claude', CLAUDE, EVIL)).flags, [
    { flag: 'look-alike name', of: 'Claude' },
  ])
  assert.deepEqual(identifyClient(named('Claude', CLAUDE)).flags, [])
})

test('A-087 every widely used name is known, and is its own on the person’s device only where it runs there', () => {
  for (const name of [
    'OpenAI',
    'Claude',
    'Anthropic',
    'Grok',
    'Perplexity',
    'Mistral',
    'Le Chat',
    'Microsoft Copilot',
    'Copilot Studio',
    'Devin',
  ]) {
    assert.deepEqual(resembles(name, EVIL), [name])
    assert.deepEqual(resembles(name, LOOPBACK), [name])
  }
  for (const name of [
    'Claude Code',
    'Codex',
    'OpenAI Codex',
    'ChatGPT Codex',
    'Visual Studio Code',
    'VS Code',
    'Cursor',
    'Grok Bot',
    'GitHub Copilot',
    'Copilot CLI',
    'Gemini CLI',
    'Google Antigravity',
    'Antigravity',
    'Raycast',
    'Warp',
  ]) {
    assert.ok(resembles(name, EVIL).includes(name), name)
    assert.ok(!resembles(name, LOOPBACK).includes(name), name)
  }
})

test('a known name that holds another one is that one alone', () => {
  assert.deepEqual(resembles('ChatGPT Codex', EVIL), ['ChatGPT Codex'])
})

test('Grok writes its name on its own addresses, its bot on Cursor’s too', () => {
  assert.deepEqual(resembles('Grok', 'https://grok.com/connectors-oauth-exchange-code/'), [])
  assert.deepEqual(resembles('Grok Bot', 'https://grok.com/connectors-oauth-exchange-code/'), [])
  assert.deepEqual(resembles('Grok Bot', 'cursor://anysphere.cursor-mcp/oauth/callback'), [])
})
