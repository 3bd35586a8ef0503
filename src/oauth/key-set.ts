import type { JsonObject, JsonValue } from './json.ts'
import { MemberFault } from './member-fault.ts'

/** A client's public keys, RFC 7517 §5. */
export type KeySet = { readonly keys: readonly JsonObject[] }

const KEYS = 20
/** RFC 7518 §6.2.2, §6.3.2, §6.4; RFC 8037 §2; `priv` of the post-quantum key type AKP. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
/** RFC 7518 §6.2.1, RFC 8037 §2: how many bytes a coordinate has on each curve. */
const EC_BYTES: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }
const OKP_BYTES: Readonly<Record<string, number>> = { Ed25519: 32, Ed448: 57, X25519: 32, X448: 56 }

/**
 * A JWK Set of public keys. RFC 7591 §2: "The value of this field MUST be a JSON object containing a valid JWK Set",
 * "which contains the client's public keys": a private or symmetric key in it was sent by mistake and is refused.
 */
export function parseKeySet(value: JsonValue): KeySet | MemberFault {
  const keys = isObject(value) ? value.keys : undefined
  if (!Array.isArray(keys)) return new MemberFault('must be a JWK Set: an object with an array of keys')
  if (keys.length === 0 || keys.length > KEYS) return new MemberFault(`must have between 1 and ${KEYS} keys`)
  for (const [index, key] of keys.entries()) {
    const fault = isObject(key) ? keyFault(key) : 'must be an object'
    if (fault) return new MemberFault(fault).within(`.keys[${index}]`)
  }
  return { keys: keys as JsonObject[] }
}

function keyFault(key: JsonObject): string | undefined {
  if (SECRET_MEMBERS.some((name) => Object.hasOwn(key, name)))
    return 'has a private part: send the public one only'
  for (const name of ['kid', 'alg', 'use']) {
    const given = key[name]
    if (given !== undefined && (typeof given !== 'string' || given === ''))
      return `has a ${name} that is no string`
  }
  switch (key.kty) {
    case 'RSA':
      // RFC 7518 §3.3: "A key of size 2048 bits or larger MUST be used".
      if (!(bits(key.n) >= 2048 && bits(key.n) <= 8192)) return 'must have between 2048 and 8192 bits'
      return bits(key.e) >= 2 && bits(key.e) <= 64 ? undefined : 'must have an exponent "e"'
    case 'EC':
      return [key.x, key.y].every((part) => part && bytes(part) === EC_BYTES[String(key.crv)])
        ? undefined
        : `must have a curve of ${Object.keys(EC_BYTES).join(', ')} and its coordinates`
    case 'OKP':
      return key.x && bytes(key.x) === OKP_BYTES[String(key.crv)]
        ? undefined
        : `must have a curve of ${Object.keys(OKP_BYTES).join(', ')} and its coordinate`
    default:
      return 'must have a "kty" of RSA, EC or OKP'
  }
}

function decoded(value: JsonValue | undefined): Buffer | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9_-]+$/.test(value)
    ? Buffer.from(value, 'base64url')
    : undefined
}

function bytes(value: JsonValue | undefined): number {
  return decoded(value)?.length ?? -1
}

/** The length of an unsigned number, without its leading zeros; 0 where it is none. */
function bits(value: JsonValue | undefined): number {
  const number = decoded(value)
  const first = number?.findIndex((byte) => byte !== 0) ?? -1
  if (!number || first < 0) return 0
  return (number.length - first) * 8 - (Math.clz32(number[first] ?? 0) - 24)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
