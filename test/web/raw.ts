import { connect, type Socket } from 'node:net'

/** Bytes on a socket and what came back, for all that no HTTP client would send. */
export type Connection = {
  readonly socket: Socket
  send(bytes: string): void
  /** All that arrived until the server closed; rejects after `within` milliseconds (default 10 s). */
  untilClosed(within?: number): Promise<string>
  /** All that arrived until `text` was in it. */
  until(text: string): Promise<string>
  end(): void
}

export async function open(port: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let received = ''
  let closed = false
  let wake = () => {}
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    wake()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
    wake()
  })
  const wait = (done: () => boolean, within: number) =>
    new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`still waiting, received: ${received}`)), within)
      wake = () => {
        if (!done() && !closed) return
        clearTimeout(timer)
        resolve(received)
      }
      wake()
    })
  return {
    socket,
    send: (bytes) => socket.write(bytes, 'latin1'),
    untilClosed: (within = 10_000) => wait(() => closed, within),
    until: (text) => wait(() => received.includes(text), 10_000),
    end: () => socket.destroy(),
  }
}

/** Sends `bytes` on a connection of their own and returns all that comes until the server closes. */
export async function exchange(port: number, bytes: string): Promise<string> {
  const connection = await open(port)
  connection.send(bytes)
  return connection.untilClosed()
}
