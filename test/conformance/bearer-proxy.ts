import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export type BearerProxy = { readonly port: number; [Symbol.asyncDispose](): Promise<void> }

/** Hands every request on to `port` as it is, Host included, with the token put on. */
export async function startBearerProxy(port: number, access_token: string): Promise<BearerProxy> {
  const proxy = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const authorization = `Bearer ${access_token}`
    const onward = request({ host: '127.0.0.1', port, method, path, headers: { ...headers, authorization } })
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
