import type { Handler } from '../web/handler.ts'
import type { Keyring } from './keyring.ts'

/**
 * `GET /.well-known/jwks.json`, RFC 7517 §5: public members only. Cached for minutes, not hours: whoever verifies by it
 * has to learn of a new key soon, and fetches again at a `kid` it does not know.
 */
export function jwksEndpoint(keyring: Keyring): Handler {
  return async () =>
    new Response(JSON.stringify({ keys: await keyring.published() }), {
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
    })
}
