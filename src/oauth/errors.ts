/**
 * The standards' error codes and the HTTP status each is answered with: the only place where the two meet.
 */
const STATUS = {
  // RFC 6749 §4.1.2.1, §5.2
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  invalid_scope: 400,
  access_denied: 403,
  server_error: 500,
  temporarily_unavailable: 503,
  // RFC 8707 §2
  invalid_target: 400,
  // RFC 6750 §3.1
  invalid_token: 401,
  insufficient_scope: 403,
  // RFC 7591 §3.2.2
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_software_statement: 400,
  unapproved_software_statement: 400,
  // RFC 7009 §2.2.1
  unsupported_token_type: 400,
  // OpenID Connect Core §3.1.2.6
  login_required: 400,
  consent_required: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
} as const

export type OAuthErrorCode = keyof typeof STATUS

/**
 * A refusal, as a value: returned, never thrown, so that forgetting to look at it is a compile error.
 *
 * - `error` is the wire's word, `error_description` is for the client's developer (printable ASCII on the wire,
 *   RFC 6749 §5.2: no `"` and no `\`), `reason` is for the operator's log only.
 * - `status` is the code's own unless the transport has a better one (403 switched off, 413 too large, 415, 429).
 */
export class OAuthError {
  readonly error: OAuthErrorCode
  readonly error_description: string
  readonly reason: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    error: OAuthErrorCode,
    error_description: string,
    more: { reason?: string; status?: number; headers?: Record<string, string> } = {},
  ) {
    this.error = error
    this.error_description = errorDescription(error_description)
    this.reason = more.reason ?? error_description
    this.status = more.status ?? STATUS[error]
    this.headers = more.headers ?? {}
  }

  /** The JSON object of RFC 6749 §5.2 and RFC 7591 §3.2.2. */
  toJSON(): { error: OAuthErrorCode; error_description: string } {
    return { error: this.error, error_description: this.error_description }
  }
}

/** RFC 6749 §5.2: "Values for the error_description parameter MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E". */
function errorDescription(text: string): string {
  return text
    .replaceAll('"', "'")
    .replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?')
    .slice(0, 500)
}
