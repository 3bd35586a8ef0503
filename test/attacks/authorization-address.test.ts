/** Group 7: the authorization request: who asks, and where the answer would go. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authorize, CALLBACK, PUBLIC_CLIENT, registerClient } from '../support/scenario.ts'
import { isPage, linksOf, urlFor } from './authorization-answers.ts'
import { type AuthorizationScene, authorizationScene } from './authorization-scene.ts'

let scene: AuthorizationScene
before(async () => {
  scene = await authorizationScene()
})
after(() => scene.end())

const NOT_REGISTERED = /redirect_uri is not one that the client registered/

test('A-063 a redirect URI that is not registered, in any dress, is a page and never an address', async () => {
  for (const redirect_uri of [
    'https://client.example.com/other',
    'https://client.example.com/',
    'https://client.example.com',
    'https://client.example.com/callback/',
    'https://client.example.com/callback/sub',
    'https://client.example.com/Callback',
    'https://client.example.com/callback?',
    'https://client.example.com/callback?x=1',
    'https://client.example.com/callback#',
    'https://client.example.com/callback#x',
    'https://client.example.com/callback;x',
    'https://client.example.com/%63allback',
    'https://client.example.com/x/../callback',
    'https://client.example.com/./callback',
    'https://client.example.com//callback',
    'https://client.example.com\\callback',
    'https:\\\\client.example.com\\callback',
    'https:client.example.com/callback',
    'HTTPS://client.example.com/callback',
    'https://CLIENT.example.com/callback',
    'https://client.example.com:443/callback',
    'https://client.example.com:8443/callback',
    'https://client.example.com./callback',
    'http://client.example.com/callback',
    'https://user@client.example.com/callback',
    'https://client.example.com@evil.example/callback',
    'https://client.example.com.evil.example/callback',
    'https://evil.example/https://client.example.com/callback',
    'https://evil.example/callback',
    '//evil.example/callback',
    '/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    ' https://client.example.com/callback',
    'https://client.example.com/callback ',
    'https://client.example.com/callback\n',
    'https://client.example.com/callback\u0000',
    'https://client.example.com/callbacк',
    'https://client.example.com/callback,https://evil.example/',
    'null',
  ]) {
    await scene.isKeptHere((client) => urlFor(scene.app, client, { redirect_uri }), NOT_REGISTERED)
  }
})

test('A-063 a second redirect_uri, the good one first or last, or hidden by encoding the name', async () => {
  const evil = encodeURIComponent('https://evil.example/callback')
  const good = encodeURIComponent(CALLBACK)
  for (const [changes, raw] of [
    [{}, `&redirect_uri=${evil}`],
    [{}, `&redirect_uri=${good}`],
    [{}, `&redirect%5Furi=${evil}`],
    [{}, '&redirect_uri='],
    [{ redirect_uri: undefined }, `&redirect_uri=${evil}&redirect_uri=${good}`],
  ] as const) {
    await scene.isKeptHere(
      (client) => urlFor(scene.app, client, changes, raw),
      /redirect_uri must not be sent more than once/,
    )
  }
})

test('A-063 of a loopback address only the port is free, of a private scheme nothing', async () => {
  const native = await registerClient(scene.app, {
    ...PUBLIC_CLIENT,
    redirect_uris: ['http://127.0.0.1:7777/cb', 'com.example.app:/cb'],
  })
  for (const redirect_uri of [
    'http://127.0.0.1:7777/cb/x',
    'http://127.0.0.1:7777/CB',
    'http://127.0.0.1:7777/cb?x',
    'http://localhost:7777/cb',
    'http://[::1]:7777/cb',
    'http://127.0.0.2:7777/cb',
    'http://127.1:7777/cb',
    'https://127.0.0.1:7777/cb',
    'http://127.0.0.1:65536/cb',
    'http://127.0.0.1:/cb',
    'http://127.0.0.1:7777@evil.example/cb',
    'http://127.0.0.1:7777.evil.example/cb',
    'http://127.0.0.1.evil.example:7777/cb',
    'com.example.app:/cb/x',
    'com.example.app://cb',
    'com.example.app:/cb?x=1',
    'com.example.other:/cb',
  ]) {
    const visit = await scene.browser.open(urlFor(scene.app, native, { redirect_uri }))
    isPage(visit)
    assert.match(visit.text, NOT_REGISTERED)
  }
  const visit = await scene.browser.open(
    urlFor(scene.app, native, { redirect_uri: 'http://127.0.0.1:52101/cb' }),
  )
  assert.equal(visit.status, 200)
})

test('A-063 one client’s address is not another’s, and other faults do not open the way', async () => {
  const other = await registerClient(scene.app, {
    ...PUBLIC_CLIENT,
    redirect_uris: ['https://other.example.org/callback'],
  })
  for (const changes of [{}, { response_type: 'token' }, { code_challenge: undefined }, { scope: 'x' }]) {
    const redirect_uri = other.redirect_uris[0]
    await scene.isKeptHere(
      (client) => urlFor(scene.app, client, { ...changes, redirect_uri }),
      NOT_REGISTERED,
    )
  }
})

test('A-064 no redirect_uri, or an empty one, where several are registered', async () => {
  const several = await registerClient(scene.app, {
    ...PUBLIC_CLIENT,
    redirect_uris: [CALLBACK, 'https://client.example.com/second'],
  })
  await authorize(scene.app, several, { browser: scene.browser })
  for (const redirect_uri of [undefined, '']) {
    const visit = await scene.browser.open(urlFor(scene.app, several, { redirect_uri }))
    isPage(visit)
    assert.match(visit.text, /redirect_uri is missing/)
  }
})

test('A-067 an unknown client: a page that says what to do, with its id as text', async () => {
  for (const client_id of [
    'client_0123456789',
    `${scene.approved.client_id}x`,
    scene.approved.client_id.toUpperCase(),
    ` ${scene.approved.client_id}`,
    `${scene.approved.client_id}\u0000`,
    '<script>alert(1)</script>',
    '"><img src=https://evil.example/x onerror=alert(1)>',
    'https://evil.example/client.json',
    "' OR 1=1 --",
    '../../etc/passwd',
    '__proto__',
    'constructor',
    'x'.repeat(4000),
    'ключ 🔑\u202e',
  ]) {
    for (const person of [scene.browser, scene.stranger()]) {
      const visit = await person.open(urlFor(scene.app, scene.approved, { client_id }))
      isPage(visit)
      assert.match(visit.text, /<code>invalid_client<\/code>/)
      assert.match(visit.text, /remove this server .* and add it again/)
      assert.deepEqual(linksOf(visit.text), [])
      assert.ok(visit.text.length < 4000)
    }
  }
})

test('A-067 no client at all, or an empty one', async () => {
  for (const client_id of [undefined, '']) {
    await scene.isKeptHere(() => urlFor(scene.app, scene.approved, { client_id }), /client_id is missing/)
  }
  isPage(await scene.stranger().open(`${scene.app.url}/authorize`))
  isPage(await scene.stranger().open(`${scene.app.url}/authorize?`))
})

test('A-068 a parameter twice: a page where client or address are in doubt', async () => {
  const says = /client_id must not be sent more than once/
  for (const raw of [
    `&client_id=${scene.fresh.client_id}`,
    `&client_id=${scene.approved.client_id}`,
    '&client_id=',
    '&client%5Fid=x',
  ]) {
    await scene.isKeptHere((client) => urlFor(scene.app, client, {}, raw), says)
  }
})
