/** Each leniency towards a client is a row: who, from where that is known, what passes, and what beside it does not. */
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { OWNER } from '../support/site.ts'
import { createTestApp } from '../support/test-app.ts'
import { AUTHORIZING } from './leniencies/authorizing.ts'
import { CALLING } from './leniencies/calling.ts'
import { EXCHANGING } from './leniencies/exchanging.ts'
import type { Scene } from './leniencies/leniency.ts'
import { REDIRECTING } from './leniencies/redirecting.ts'
import { REGISTERING } from './leniencies/registering.ts'

let scene: Scene

before(async () => {
  const app = await createTestApp({ env: { CORPUSIQ_REGISTRATION_RATE: 'off' } })
  const browser = new Browser(app)
  const login = await browser.open(`${app.url}/login`)
  await browser.submit(login, login.forms[0] as never, OWNER)
  scene = { app, browser }
})
after(() => scene.app[Symbol.asyncDispose]())

for (const { clients, source, lenient, works, refused, refuses } of [
  ...REGISTERING,
  ...REDIRECTING,
  ...AUTHORIZING,
  ...EXCHANGING,
  ...CALLING,
]) {
  test(`${lenient}: ${clients} (${source})`, () => works(scene))
  test(`still refused beside that: ${refused}`, () => refuses(scene))
}
