import assert from 'node:assert/strict'
import { Browser } from '../support/browser.ts'
import { authorize, CALLBACK, type RegisteredClient, registerClient } from '../support/scenario.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import {
  type Changes,
  isErrorLocation,
  isPage,
  isRedirectError,
  linksOf,
  signedIn,
  urlFor,
} from './authorization-answers.ts'

/** The whole app, and who stands before it. */
export type AuthorizationScene = {
  readonly app: TestApp
  /** The owner's, signed in; `approved` was allowed in it before. */
  readonly browser: Browser
  readonly approved: RegisteredClient
  /** Nobody has allowed this one. */
  readonly fresh: RegisteredClient
  /** A browser that has never been here. */
  stranger(): Browser
  /**
   * A fault that the client may be told: a redirect error where the person allowed that client before, and a page
   * that carries the link to everybody else.
   */
  isToldToTheClient(error: string, changes: Changes, raw?: string): Promise<void>
  /** A fault that the client is not told, whoever comes with it. */
  isKeptHere(url: (client: RegisteredClient) => string, says: RegExp, status?: number): Promise<void>
  /** Closes the app; it must not have failed at anything. */
  end(): Promise<void>
}

export async function authorizationScene(): Promise<AuthorizationScene> {
  const app = await createTestApp()
  const browser = await signedIn(app)
  const approved = await registerClient(app)
  const fresh = await registerClient(app)
  await authorize(app, approved, { browser })
  const stranger = () => new Browser(app)
  return {
    app,
    browser,
    approved,
    fresh,
    stranger,
    async isToldToTheClient(error, changes, raw = '') {
      const state = changes.state ?? 'kept'
      const told = await browser.open(urlFor(app, approved, changes, raw))
      isRedirectError(told, error, { redirect_uri: CALLBACK, iss: app.url, state })
      for (const [person, client] of [
        [browser, fresh],
        [stranger(), fresh],
        [stranger(), approved],
      ] as const) {
        const visit = await person.open(urlFor(app, client, changes, raw))
        isPage(visit)
        assert.ok(visit.text.includes(`<code>${error}</code>`), visit.text)
        const [link, ...others] = linksOf(visit.text)
        assert.ok(link, visit.text)
        assert.ok(link.href.startsWith(`${CALLBACK}?error=`), link.href)
        isErrorLocation(link.href, error, { state, iss: app.url })
        assert.equal(link.rel, 'noreferrer')
        assert.deepEqual(others, [])
      }
    },
    async isKeptHere(url, says, status = 400) {
      for (const [person, client] of [
        [browser, approved],
        [stranger(), approved],
        [browser, fresh],
      ] as const) {
        const visit = await person.open(url(client))
        isPage(visit, status)
        assert.match(visit.text, says)
        assert.deepEqual(linksOf(visit.text), [])
      }
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
