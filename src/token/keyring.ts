import type { KeyObject } from 'node:crypto'
import { accessTokenHeader } from '../oauth/access-token.ts'
import type { AccessTokenClaims } from '../oauth/grant.ts'
import { encodePart } from '../oauth/jwt.ts'
import type { Clock } from '../ops/clock.ts'
import type { Random } from '../ops/random.ts'
import type { Sealing } from '../ops/sealing.ts'
import { es256PublicKey, es256Signer, generateEs256Key, type PublicJwk } from '../ops/signing.ts'
import type { AuditRecord, KeyStore, SigningKey } from '../store/ports.ts'

export type PublishedKey = PublicJwk & {
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
}

/** The server's signing keys. The store is asked each time, so that another process's rotation is seen at once. */
export type Keyring = {
  /** Makes the first key where there is none. Throws where the signing one cannot be opened: better now than later. */
  prepare(): Promise<void>
  /** Signs claims as an access token, with the newest key; makes the first one where there is none. */
  sign(claims: AccessTokenClaims): Promise<string>
  /** The public key of that name; undefined where unknown or retired for so long that no token of it lives. */
  publicKey(kid: string): Promise<KeyObject | undefined>
  /** What `jwks_uri` shows: the signing key first, then the retired ones whose tokens still live. */
  published(): Promise<readonly PublishedKey[]>
}

export type KeyringDependencies = {
  keys: KeyStore
  sealing: Sealing
  now: Clock
  random: Random
  /** Seconds that an access token lives. */
  accessTokenTtl: number
}

/** The purpose under which private keys are sealed. */
const SEAL = 'signing key'

export function createKeyring({ keys, sealing, now, random, accessTokenTtl }: KeyringDependencies): Keyring {
  const lifetime = retiredKeyLifetime(accessTokenTtl)
  const publicKeys = new Map<string, KeyObject>()
  let signing: Signing | undefined

  const known = async (): Promise<readonly SigningKey[]> => {
    const list = await keys.list()
    if (list.some((key) => key.retired_at === undefined)) return list
    // Of two servers that start at once one adds its key, and both sign with that one.
    await keys.addFirst(generateSigningKey({ sealing, now, random }))
    return keys.list()
  }
  const isPublished = (key: SigningKey): boolean =>
    key.retired_at === undefined || key.retired_at + lifetime > now()

  const current = async (): Promise<Signing> => {
    const key = (await known()).find(({ retired_at }) => retired_at === undefined)
    if (!key) throw new Error('the store kept no signing key')
    if (signing?.kid !== key.kid) signing = openSigningKey(key, sealing)
    return signing
  }

  return {
    async prepare() {
      await current()
    },
    async sign(claims) {
      const { header, sign } = await current()
      const text = header + encodePart(claims)
      return `${text}.${sign(text)}`
    },
    async publicKey(kid) {
      const key = (await keys.list()).find((candidate) => candidate.kid === kid)
      if (!key || !isPublished(key)) return undefined
      let publicKey = publicKeys.get(kid)
      if (!publicKey) {
        publicKey = es256PublicKey(JSON.parse(key.public_jwk))
        publicKeys.set(kid, publicKey)
      }
      return publicKey
    },
    async published() {
      return (await known()).filter(isPublished).map(({ kid, public_jwk }) => {
        const { kty, crv, x, y }: PublicJwk = JSON.parse(public_jwk)
        return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }
      })
    },
  }
}

/** The key in use, ready: the header of its tokens with the dot behind it, and its signature of a text. */
type Signing = { readonly kid: string; readonly header: string; readonly sign: (text: string) => string }

function openSigningKey({ kid, private_key }: SigningKey, sealing: Sealing): Signing {
  const privateKey = sealing.open(SEAL, private_key)
  if (privateKey === undefined) {
    throw new Error(
      `The signing key ${kid} was sealed with another secret than the one in the data directory. Put the secret back, or make a new key: corpusiq keys rotate`,
    )
  }
  return { kid, header: `${encodePart(accessTokenHeader(kid))}.`, sign: es256Signer(privateKey) }
}

/**
 * Adds a key that signs from now on and retires the others, which go on verifying while a token of theirs may live;
 * those past that are dropped. Answers the new key's `kid`.
 */
export async function rotateSigningKey(
  deps: KeyringDependencies,
  audit: Omit<AuditRecord, 'at' | 'type' | 'detail'> = {},
): Promise<string> {
  const { keys, now, accessTokenTtl } = deps
  const key = generateSigningKey(deps)
  await keys.rotate(key, now(), { ...audit, at: now(), type: 'key.rotated', detail: key.kid })
  await keys.prune(now() - retiredKeyLifetime(accessTokenTtl))
  return key.kid
}

/** Seconds. A day at least, because the setting may have been longer when the key's last token was made. */
function retiredKeyLifetime(accessTokenTtl: number): number {
  return Math.max(accessTokenTtl, 86_400) + 60
}

function generateSigningKey({
  sealing,
  now,
  random,
}: Pick<KeyringDependencies, 'sealing' | 'now' | 'random'>): SigningKey {
  const { public_jwk, private_key } = generateEs256Key()
  return {
    kid: random.id('key_'),
    alg: 'ES256',
    public_jwk: JSON.stringify(public_jwk),
    private_key: sealing.seal(SEAL, private_key),
    created_at: now(),
    retired_at: undefined,
  }
}
