import assert from 'node:assert/strict'
import type { Browser, Visit } from '../support/browser.ts'
import type { Form } from '../support/forms.ts'
import type { RegisteredClient } from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { type Changes, isSafePage, signedIn, urlFor } from './authorization-answers.ts'

/** The page on which the person is asked, and its form. */
export type Consent = { readonly page: Visit; readonly form: Form }

/** The whole app, and the owner before it. */
export type ConsentScene = {
  readonly app: TestApp
  /** The owner's, signed in. */
  readonly browser: Browser
  consentFor(client: RegisteredClient, changes?: Changes, person?: Browser): Promise<Consent>
  /** While `attack` goes on, no code is made. */
  makesNoCode(attack: () => Promise<void>): Promise<void>
  /** Closes the app; it must not have failed at anything. */
  end(): Promise<void>
}

export async function consentScene(): Promise<ConsentScene> {
  const app = await createTestApp()
  const browser = await signedIn(app)
  const codes = () => app.events.filter(({ type }) => type === 'authorization.approved').length
  return {
    app,
    browser,
    async consentFor(client, changes = {}, person = browser) {
      const page = await person.open(urlFor(app, client, changes))
      const form = page.forms.find(({ buttons }) => buttons.some(({ name }) => name === 'decision'))
      assert.ok(form, `${page.status} ${page.url.href} ${page.text}`)
      isSafePage(page)
      return { page, form }
    },
    async makesNoCode(attack) {
      const before = codes()
      await attack()
      assert.equal(codes(), before)
    },
    async end() {
      await app[Symbol.asyncDispose]()
      assert.deepEqual(
        app.events.filter(({ type }) => type === 'request.failed'),
        [],
      )
    },
  }
}

export function cookieOf({ cookies }: Browser): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}
