import { INITIAL_ACCESS_TOKEN_PREFIX } from '../../src/oauth/prefix.ts'
import { storageKey } from '../../src/ops/digest.ts'
import { systemRandom } from '../../src/ops/random.ts'
import type { RegistrationToken } from '../../src/store/ports.ts'
import { postJson } from './site.ts'
import type { Answer } from './stored.ts'
import type { TestApp } from './test-app.ts'

/** An initial access token as the command makes it: good without end and for any number, unless told otherwise. */
export async function initialAccessToken(
  app: TestApp,
  limits: Partial<RegistrationToken> = {},
): Promise<{ token: string; token_id: string }> {
  const token = systemRandom.secret(INITIAL_ACCESS_TOKEN_PREFIX)
  const key = storageKey(INITIAL_ACCESS_TOKEN_PREFIX, token)
  if (!key) throw new Error('no key')
  const token_id = systemRandom.id('token_')
  await app.store.registrationTokens.create(
    { token_id, key, created_at: app.now(), expires_at: 0, ...limits },
    { at: app.now(), type: 'registration_token.created' },
  )
  return { token, token_id }
}

/** One registration, whatever comes of it; `authorization` is the header as it is. */
export async function registerBy(
  app: TestApp,
  authorization: string | undefined,
  metadata: object,
): Promise<Answer> {
  const headers = authorization === undefined ? {} : { authorization }
  const response = await postJson(app, `${app.url}/register`, metadata, headers)
  const body: Record<string, unknown> = JSON.parse(await response.text())
  return { status: response.status, headers: response.headers, body }
}
