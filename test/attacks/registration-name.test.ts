/** Group 1, what comes in: the name that a client gives itself, and what a person sees of it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BODY_LIMIT } from '../../src/web/body.ts'
import { Browser } from '../support/browser.ts'
import { REDIRECT } from '../support/registering.ts'
import { PUBLIC_CLIENT, registerClient } from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { isConsentPage, isRefusedMetadata, pageFor, registers } from './hostile-registration.ts'

let app: TestApp
/** The owner's browser. */
let browser: Browser
before(async () => {
  app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  browser = new Browser(app)
})
after(() => app[Symbol.asyncDispose]())

/** The consent page of a client of that name, whose codes go to that address. */
async function consentPage(client_name: string, redirect_uri = 'https://evil.example/cb'): Promise<string> {
  const client = await registerClient(app, { ...PUBLIC_CLIENT, client_name, redirect_uris: [redirect_uri] })
  const visit = await pageFor(app, client, undefined, browser)
  isConsentPage(visit)
  return visit.text
}

const isFlagged = (page: string, host: string) => {
  assert.match(page, new RegExp(`class="host">${host.replaceAll('.', '\\.')}<`))
  assert.match(
    page,
    /class="warning"><strong>Unverified\.<\/strong> CorpusIQ does not know this address, and nobody has checked the name/,
  )
  assert.doesNotMatch(page, /This is an address of/)
}

test('A-017 markup in a name is text', async () => {
  for (const name of [
    '<script>alert(1)</script>',
    '</title><img src=x onerror=alert(1)>',
    '"><form action=https://evil.example method=post><input name=password>',
    "'-alert(1)-'",
    '&lt;b&gt; &amp; <b>',
    '<!--',
    '<style>*{display:none}</style>',
    '{{constructor.constructor("alert(1)")()}}',
  ]) {
    assert.equal((await registers(app, { ...REDIRECT, client_name: name })).client_name, name)
    const page = await consentPage(name)
    isFlagged(page, 'evil.example')
    const escaped = name
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
    assert.ok(page.includes(escaped) || page.includes(escaped.replaceAll("'", '&#39;')), page)
    assert.doesNotMatch(page, /<(script|img|b|style)\b|<!--/)
    assert.equal(page.match(/<form/g)?.length, 1)
    assert.equal(page.match(/<\/title>/g)?.length, 1)
  }
})

test('A-017 control characters and directional overrides in a name are 400, in every language of it', async () => {
  const characters = [
    ...'\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
    ...'\u2028\u2029\u0001\u0007\u001b\u007f\u0085\u009b\r\n\t',
  ]
  for (const character of characters) {
    for (const member of ['client_name', 'client_name#fr']) {
      for (const name of [`Chat${character}GPT`, `${character}ChatGPT`, `ChatGPT${character}`]) {
        const description = new RegExp(
          `^${member} must not contain control characters or directional overrides$`,
        )
        await isRefusedMetadata(app, { ...REDIRECT, [member]: name }, { description })
      }
    }
  }
})

test('A-017 invisible characters are not shown, and a name of nothing else gives way to the host', async () => {
  const page = await consentPage('Chat\u200b\u200c\u2060\ufeff\u00ad\u200eGPT\u{e0041}')
  assert.match(page, /<bdi>ChatGPT<\/bdi>/)
  isFlagged(page, 'evil.example')
  const nameless = await consentPage('\u200b\u2060')
  assert.match(nameless, /<bdi>evil\.example<\/bdi>/)
  for (const blank of [' ', '\u00a0\u3000']) {
    await isRefusedMetadata(
      app,
      { ...REDIRECT, client_name: blank },
      { description: /^client_name must not be blank$/ },
    )
  }
})

test('A-017 the name of a known client, or one like it, vouches for nothing', async () => {
  for (const name of [
    'ChatGPT',
    'Claude',
    'OpenAI ChatGPT (verified)',
    'СhatGРТ',
    'Сlаude',
    'ChatGPT ✓',
    'ＣｈａｔＧＰＴ',
  ]) {
    const page = await consentPage(name)
    isFlagged(page, 'evil.example')
    assert.match(page, /Its name is, or looks like, that of (ChatGPT|Claude|OpenAI)\. A name proves nothing/)
    isFlagged(
      await consentPage(name, 'https://chatgpt.com.evil.example/connector/oauth/x'),
      'chatgpt.com.evil.example',
    )
    isFlagged(await consentPage(name, 'https://xn--chtgpt-6fg.com/cb'), 'xn--chtgpt-6fg.com')
  }
  // The address is what counts, whatever the name.
  const known = await consentPage('Something', 'https://chatgpt.com/connector/oauth/OUbdUMlL15Ct')
  assert.match(known, /This is an address of ChatGPT/)
})

test('A-017 a name has a bound, and the page a smaller one', async () => {
  const description = /^client_name must not be longer than 500 characters$/
  for (const length of [501, 5000, 60_000]) {
    await isRefusedMetadata(app, { ...REDIRECT, client_name: 'x'.repeat(length) }, { description })
  }
  const large = { ...REDIRECT, client_name: 'x'.repeat(BODY_LIMIT) }
  await isRefusedMetadata(app, large, { status: 413, error: 'invalid_request' })
  const page = await consentPage('x'.repeat(500))
  assert.equal(
    page.match(/x{50,}/g)?.every((shown) => shown.length === 200),
    true,
  )
})
