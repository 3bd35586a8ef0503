import type { OAuthErrorCode } from './errors.ts'

/**
 * What is wrong with one value, returned in its place: the end of a sentence that begins with the value's name
 * (`must be a string`), and the code of RFC 7591 §3.2.2. Several of them become one `OAuthError`.
 */
export class MemberFault {
  readonly text: string
  readonly error: OAuthErrorCode
  /** Where inside of the value: `[0]`, `.keys[0]`; empty for the whole of it. */
  readonly place: string

  constructor(text: string, error: OAuthErrorCode = 'invalid_client_metadata', place = '') {
    this.text = text
    this.error = error
    this.place = place
  }

  /** The same fault, seen from the value around it. */
  within(place: string): MemberFault {
    return new MemberFault(this.text, this.error, place + this.place)
  }

  /** The whole sentence about the value called `name`. */
  about(name: string): string {
    return `${name}${this.place} ${this.text}`
  }
}
