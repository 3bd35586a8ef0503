import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { decodeJwt, exportJWK, SignJWT } from 'jose'
import { callMcp } from './scenario.ts'
import { type Target, tokensFor } from './target.ts'

/** The name of the shared key. */
export const KID = 'key_of_this_test'
export const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: KID }

/** Makes access tokens that are wrong by nothing but what the test changes. */
export type Forger = {
  /** A token of the server's own, of a live grant. */
  readonly genuine: string
  /** A key that verifies at the server and that the test holds too. */
  readonly key: KeyObject
  /** Claims of the live grant, changed; undefined leaves one out. */
  claim(changes?: object): Record<string, unknown>
  /** A token that the shared key signed, by a foreign library. */
  forge(changes?: object, header?: object): Promise<string>
  /** 401 `invalid_token` for it at `/mcp`. */
  isRefused(token: string, message?: string): Promise<void>
}

export async function createForger(target: Target): Promise<Forger> {
  const { app } = target
  const genuine = (await tokensFor(target, target.open)).access_token
  const claims = decodeJwt(genuine)
  const { publicKey, privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await shareKey(target, JSON.stringify(await exportJWK(publicKey)))
  const claim = (changes = {}) => ({ ...claims, iat: app.now(), exp: app.now() + 3600, ...changes })
  return {
    genuine,
    key,
    claim,
    forge: (changes, header) =>
      new SignJWT(claim(changes)).setProtectedHeader({ ...HEADER, ...header }).sign(key),
    isRefused: (token, message) => isRefused(target, token, message),
  }
}

/** Retired as soon as it is there, so that it verifies while the server signs with its own. */
async function shareKey({ app }: Target, public_jwk: string): Promise<void> {
  const [own] = await app.store.keys.list()
  assert.ok(own)
  const shared = { kid: KID, alg: 'ES256' as const, public_jwk, private_key: '', retired_at: undefined }
  const audit = { at: app.now(), type: 'key.rotated' }
  await app.store.keys.rotate({ ...shared, created_at: app.now() }, app.now(), audit)
  await app.store.keys.rotate({ ...own, kid: 'key_of_the_server' }, app.now(), audit)
}

/** A JWS by hand, for headers and payloads that no library would make. */
export function signByHand(header: string, payload: string, by: KeyObject): string {
  const text = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
  const signature = sign('sha256', Buffer.from(text), { key: by, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

/** 401 `invalid_token`, in the header and in the body, and nothing of why. */
async function isRefused({ app }: Target, token: string, message = token): Promise<void> {
  const response = await callMcp(app, token)
  const body = (await response.json()) as { error: string; error_description: string }
  assert.equal(response.status, 401, message)
  assert.equal(body.error, 'invalid_token')
  assert.match(
    response.headers.get('www-authenticate') ?? '',
    /^Bearer resource_metadata="[^"]+", scope="[^"]+", error="invalid_token", error_description="[^"]+"$/,
  )
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.doesNotMatch(body.error_description, /signature|audience|issuer|alg|kid|key/i)
}
