import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cookieName, readCookie, setCookie } from './cookie.ts'

const sent = (cookie: string) => new Request('http://127.0.0.1/', { headers: { cookie } })

test('a cookie is read by its whole name', () => {
  assert.equal(readCookie(sent('a=1; __Host-session=x=y; b=2'), '__Host-session'), 'x=y')
  assert.equal(readCookie(sent('xsession=1;session =2'), 'session'), '2')
  assert.equal(readCookie(sent('session; =session; Session=1'), 'session'), undefined)
  assert.equal(readCookie(new Request('http://127.0.0.1/'), 'session'), undefined)
})

test('A-080 a cookie that was sent twice counts as none: one of the two was planted', () => {
  assert.equal(readCookie(sent('session=ours; session=planted'), 'session'), undefined)
})

test('A-081 HttpOnly, SameSite, Path, no Domain; under https Secure and the __Host- prefix', () => {
  assert.equal(
    setCookie(cookieName('session', true), 'v', { secure: true, maxAge: 60 }),
    '__Host-session=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60',
  )
  assert.equal(
    setCookie(cookieName('session', false), 'v', { secure: false }),
    'session=v; Path=/; HttpOnly; SameSite=Lax',
  )
  assert.match(setCookie('session', '', { secure: false, maxAge: 0 }), /Max-Age=0$/)
})
