import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSealing } from '../ops/sealing.ts'
import { formToken, isFormToken, isFromOurPage } from './csrf.ts'

const OURS = ['https://notes.example.com']
const post = (headers: Record<string, string>) => new Request(`${OURS[0]}/login`, { method: 'POST', headers })

test('A-083 A-084 a POST that the browser says comes from elsewhere is not ours', () => {
  for (const site of ['cross-site', 'same-site', 'anything']) {
    assert.equal(isFromOurPage(post({ 'sec-fetch-site': site, origin: OURS[0] ?? '' }), OURS), false, site)
  }
  for (const origin of [
    'https://evil.example',
    'null',
    'http://notes.example.com',
    'https://notes.example.com:8443',
    'https://notes.example.com.evil.example',
  ]) {
    assert.equal(isFromOurPage(post({ origin }), OURS), false, origin)
    assert.equal(isFromOurPage(post({ origin, 'sec-fetch-site': 'none' }), OURS), false, origin)
  }
})

test('a POST of our page, or of a browser that tells nothing, goes on to the form’s token', () => {
  assert.equal(isFromOurPage(post({ 'sec-fetch-site': 'same-origin', origin: OURS[0] ?? '' }), OURS), true)
  assert.equal(isFromOurPage(post({ 'sec-fetch-site': 'none' }), OURS), true)
  assert.equal(isFromOurPage(post({ origin: OURS[0] ?? '' }), OURS), true)
  assert.equal(isFromOurPage(post({}), OURS), true)
  const behindProxy = post({ 'sec-fetch-site': 'same-origin', origin: 'https://notes.example.com:8443' })
  assert.equal(isFromOurPage(behindProxy, OURS), true)
})

test('A-083 A-084 a form’s token is good for its form, its browser and its server alone', () => {
  const sealing = createSealing(Buffer.alloc(32, 1))
  const token = formToken(sealing, 'login', 'browser')
  assert.equal(isFormToken(sealing, 'login', 'browser', token), true)
  assert.equal(isFormToken(sealing, 'consent', 'browser', token), false)
  assert.equal(isFormToken(sealing, 'login', 'other browser', token), false)
  assert.equal(isFormToken(createSealing(Buffer.alloc(32, 2)), 'login', 'browser', token), false)
  assert.equal(isFormToken(sealing, 'login', 'browser', undefined), false)
  assert.equal(isFormToken(sealing, 'login', 'browser', ''), false)
  assert.equal(isFormToken(sealing, 'login', 'browser', `${token}x`), false)
})
