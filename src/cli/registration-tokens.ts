import { INITIAL_ACCESS_TOKEN_PREFIX } from '../oauth/prefix.ts'
import { SCOPES_SUPPORTED, scopeWithin } from '../oauth/scope.ts'
import { hasEnded } from '../ops/client-secret.ts'
import { systemClock } from '../ops/clock.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { systemRandom } from '../ops/random.ts'
import { duration, quoted, ValueFault } from '../ops/setting-values.ts'
import { newStoredToken } from '../ops/stored-token.ts'
import type { RegistrationToken } from '../store/ports.ts'
import { type DataOptions, withStore } from './data.ts'
import { moment, show, table } from './output.ts'

export type NewTokenOptions = DataOptions & {
  /** A number, or `any`. */
  readonly uses: string
  /** A length of time, or `never`. */
  readonly expires: string
  readonly scope?: string
  readonly note?: string
}

/** `corpusiq registration-tokens create`: an initial access token (RFC 7591 §3), shown this once and stored as a hash. */
export async function createRegistrationToken(options: NewTokenOptions): Promise<OperatorFault | undefined> {
  const limits = readLimits(options)
  if (limits instanceof OperatorFault) return limits
  return withStore(options, async (store) => {
    const { token: initial_access_token, key } = newStoredToken(systemRandom, INITIAL_ACCESS_TOKEN_PREFIX)
    const created_at = systemClock()
    const { lifetime, ...rest } = limits
    const expires_at = lifetime === 0 ? 0 : created_at + lifetime
    const token: RegistrationToken = {
      token_id: systemRandom.id('token_'),
      key,
      created_at,
      expires_at,
      ...rest,
    }
    await store.registrationTokens.create(token, {
      at: created_at,
      type: 'registration_token.created',
      detail: `${token.token_id} by corpusiq registration-tokens create`,
    })
    show(options.json, { ...told(token), initial_access_token }, () =>
      [
        initial_access_token,
        '',
        `This is the only time that the token is shown. It is called ${token.token_id}; ${inWords(token)}.`,
        'Whoever registers sends it to the registration endpoint, as the header Authorization: Bearer <token>.',
        'It is asked for where CORPUSIQ_REGISTRATION_ACCESS is token.',
      ].join('\n'),
    )
    return undefined
  })
}

/** `corpusiq registration-tokens list`: what is left of each, the oldest first. Never a token, nor its hash. */
export function listRegistrationTokens(options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async (store) => {
    const now = systemClock()
    const tokens = await store.registrationTokens.list()
    show(options.json, tokens.map(told), () =>
      table(
        ['TOKEN', 'CREATED', 'EXPIRES', 'USES LEFT', 'SCOPE', 'NOTE'],
        tokens.map((token) => [
          token.token_id,
          moment(token.created_at),
          hasEnded(token.expires_at, now)
            ? 'expired'
            : token.expires_at === 0
              ? 'never'
              : moment(token.expires_at),
          String(token.uses_left ?? 'any'),
          token.scope ?? 'any',
          token.note ?? '-',
        ]),
      ),
    )
    return undefined
  })
}

/** `corpusiq registration-tokens revoke <token_id>`: lets nobody in from now on; who came by it stays. */
export function revokeRegistrationToken(
  token_id: string,
  options: DataOptions,
): Promise<OperatorFault | undefined> {
  return withStore(options, async (store) => {
    const audit = {
      at: systemClock(),
      type: 'registration_token.revoked',
      detail: `${token_id} by corpusiq registration-tokens revoke`,
    }
    if (!(await store.registrationTokens.revoke(token_id, audit))) {
      return new OperatorFault(
        `There is no registration token ${safeText(token_id)}. See: corpusiq registration-tokens list`,
      )
    }
    show(
      options.json,
      { token_id, revoked: true },
      () => `Revoked ${token_id}. Clients that registered by it stay: see corpusiq clients list`,
    )
    return undefined
  })
}

type Limits = Pick<RegistrationToken, 'uses_left' | 'scope' | 'note'> & { readonly lifetime: number }

function readLimits({ uses, expires, scope, note }: NewTokenOptions): Limits | OperatorFault {
  if (uses !== 'any' && !(/^\d{1,9}$/.test(uses) && Number(uses) > 0)) {
    return new OperatorFault(`--uses: ${quoted(uses)} is neither a whole number nor any. Example: --uses 5`)
  }
  const lifetime = expires === 'never' ? 0 : duration(expires, '')
  if (lifetime instanceof ValueFault || (lifetime === 0 && expires !== 'never')) {
    return new OperatorFault(
      `--expires: ${quoted(expires)} is neither a length of time (7d, 24h, 30m) nor never. Example: --expires 7d`,
    )
  }
  if (scope !== undefined && !isScope(scope)) {
    return new OperatorFault(
      `--scope: ${quoted(scope)} is no list of ${SCOPES_SUPPORTED.join(', ')}. Example: --scope "corpus:read corpus:search"`,
    )
  }
  if (note !== undefined && note.length > 200) return new OperatorFault('--note: at most 200 characters')
  return {
    ...(uses !== 'any' && { uses_left: Number(uses) }),
    lifetime,
    ...(scope !== undefined && { scope }),
    ...(note !== undefined && { note }),
  }
}

/** Known words, one of which opens something. */
function isScope(scope: string): boolean {
  return scopeWithin(scope, [SCOPES_SUPPORTED.join(' ')]) === scope
}

function told({ token_id, created_at, expires_at, uses_left, scope, note }: RegistrationToken) {
  return {
    token_id,
    created_at,
    expires_at,
    ...(uses_left !== undefined && { uses_left }),
    ...(scope !== undefined && { scope }),
    ...(note !== undefined && { note }),
  }
}

function inWords({ uses_left, expires_at, scope }: RegistrationToken): string {
  const clients =
    uses_left === undefined
      ? 'any number of clients'
      : uses_left === 1
        ? 'one client'
        : `${uses_left} clients`
  const until = expires_at === 0 ? 'without end' : `until ${moment(expires_at)} UTC`
  const most = scope === undefined ? '' : `, with at most the scope ${scope}`
  return `it registers ${clients} ${until}${most}`
}
