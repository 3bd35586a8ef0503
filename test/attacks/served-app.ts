import { listen } from '../../src/adapters/node.ts'
import { freePort } from '../support/running-server.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../support/test-app.ts'

/** The whole app in this process, its events at hand, and behind the Node adapter on a real port of loopback. */
export type ServedApp = TestApp & { readonly port: number }

export async function serveTestApp(options: TestAppOptions = {}): Promise<ServedApp> {
  const port = await freePort()
  const env = { CORPUSIQ_OAUTH_RESOURCE_URL: `http://127.0.0.1:${port}`, ...options.env }
  const app = await createTestApp({ ...options, env })
  const server = await listen({ fetch: app.app.fetch, host: '127.0.0.1', port })
  return {
    ...app,
    port,
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await app[Symbol.asyncDispose]()
    },
  }
}

/** Whatever came in, nothing of it was a failure of the server. */
export function failuresOf(app: TestApp): string[] {
  return app.events.flatMap((event) =>
    event.type === 'request.failed' ? [`${event.method} ${event.path}: ${event.fault}`] : [],
  )
}
