import { parseJsonObject } from './json.ts'
import { MemberFault } from './member-fault.ts'

/**
 * RFC 7591 §2.3: "the software statement MUST be digitally signed or MACed using JSON Web Signature (JWS) and MUST
 * contain an "iss" (issuer) claim". One that is none is invalid. One that is, is not approved: this server trusts no
 * issuer yet, and to register without what a statement asserts would not be what its sender asked for.
 */
export function softwareStatementFault(statement: string): MemberFault {
  const [header, claims, signature, ...more] = statement.split('.', 4).map(base64url)
  const alg = header && parseJsonObject(header)
  const payload = claims && parseJsonObject(claims)
  if (
    !alg ||
    !payload ||
    !signature?.length ||
    more.length > 0 ||
    alg instanceof MemberFault ||
    payload instanceof MemberFault
  ) {
    return new MemberFault('must be a signed JWT in compact form', 'invalid_software_statement')
  }
  if (typeof alg.alg !== 'string' || alg.alg === 'none') {
    return new MemberFault('must be signed', 'invalid_software_statement')
  }
  if (typeof payload.iss !== 'string' || payload.iss === '') {
    return new MemberFault('must contain the claim iss', 'invalid_software_statement')
  }
  return new MemberFault('is of an issuer that this server does not trust', 'unapproved_software_statement')
}

function base64url(part: string): Buffer | undefined {
  return /^[A-Za-z0-9_-]+$/.test(part) ? Buffer.from(part, 'base64url') : undefined
}
