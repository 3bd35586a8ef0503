/** Group 8: a sign-in is one step, the password. Whatever is less than the whole of it opens nothing. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from '../support/browser.ts'
import { authorizationRequest, authorize, registerClient } from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

let app: TestApp
before(async () => {
  app = await createTestApp()
})
after(() => app[Symbol.asyncDispose]())

/** What a person or a program may have done before it goes straight to the authorization endpoint. */
const BEGUN: Record<string, Record<string, string> | undefined> = {
  'the page opened': undefined,
  'the form sent empty': { username: '', password: '' },
  'the name alone': { username: OWNER.username, password: '' },
  'the password alone': { username: '', password: OWNER.password },
  'a wrong password': { username: OWNER.username, password: `${OWNER.password}.` },
  'another name': { username: 'somebody', password: OWNER.password },
}

for (const [what, values] of Object.entries(BEGUN)) {
  test(`A-082 a sign-in begun and not ended gives no code: ${what}`, async () => {
    const browser = new Browser(app)
    const client = await registerClient(app)
    const { url } = authorizationRequest(app, client)
    const login = await browser.open(url)
    const form = login.forms.find(({ fields }) => fields.has('password'))
    assert.ok(form, login.text)
    if (values !== undefined) {
      const failed = await browser.submit(login, form, values)
      assert.equal(failed.left, false)
      assert.ok(failed.status >= 400 && failed.status < 500, `${failed.status}`)
    }
    for (const extra of [{}, { prompt: 'none' }, { prompt: 'consent' }]) {
      const visit = await browser.open(authorizationRequest(app, client, { extra }).url)
      assert.equal(visit.left, false, visit.url.href)
      assert.ok(
        !visit.forms.some(({ buttons }) => buttons.some(({ name }) => name === 'decision')),
        'the consent page',
      )
      assert.ok(!visit.text.includes('code='), visit.text)
    }
    // Ended, the same browser goes on.
    assert.ok((await authorize(app, client, { browser })).code)
  })
}
