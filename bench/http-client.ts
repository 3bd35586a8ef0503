import { connect, type Socket } from 'node:net'

/** One answer, as far as the benchmark looks at it. Header names are lower-case. */
export type Answer = { status: number; headers: Map<string, string>; body: string }

/**
 * A keep-alive connection with one request outstanding: thin on purpose, so that the generator is not what is
 * measured. Reads `content-length` and `chunked` bodies.
 */
export class Connection {
  readonly #socket: Socket
  #buffer: Buffer = Buffer.alloc(0)
  #waiting: { resolve: (answer: Answer) => void; reject: (fault: Error) => void } | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
      this.#tryAnswer()
    })
    const failed = (fault?: Error): void => {
      this.#waiting?.reject(fault ?? new Error('the connection was closed'))
      this.#waiting = undefined
    }
    socket.on('error', failed)
    socket.on('close', () => failed())
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Connection(socket))
      })
    })
  }

  /** Sends raw bytes of one request and resolves with its answer. */
  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #tryAnswer(): void {
    const headEnd = this.#buffer.indexOf('\r\n\r\n')
    if (headEnd < 0) return
    const head = this.#buffer.toString('latin1', 0, headEnd).split('\r\n')
    const status = Number(head[0]?.slice(9, 12))
    const headers = new Map<string, string>()
    for (const line of head.slice(1)) {
      const colon = line.indexOf(':')
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
    }
    const start = headEnd + 4
    if (headers.get('transfer-encoding') === 'chunked') {
      const whole = readChunks(this.#buffer, start)
      if (whole) this.#finish({ status, headers, body: whole.body }, whole.end)
      return
    }
    const length = Number(headers.get('content-length') ?? 0)
    if (this.#buffer.length < start + length) return
    this.#finish(
      { status, headers, body: this.#buffer.toString('utf8', start, start + length) },
      start + length,
    )
  }

  #finish(answer: Answer, end: number): void {
    this.#buffer = this.#buffer.subarray(end)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(answer)
  }
}

function readChunks(buffer: Buffer, start: number): { body: string; end: number } | undefined {
  const parts: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = buffer.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(buffer.toString('latin1', at, lineEnd), 16)
    const dataEnd = lineEnd + 2 + size
    if (buffer.length < dataEnd + 2) return undefined
    if (size === 0) return { body: Buffer.concat(parts).toString('utf8'), end: dataEnd + 2 }
    parts.push(buffer.subarray(lineEnd + 2, dataEnd))
    at = dataEnd + 2
  }
}

/** The bytes of one HTTP/1.1 request. `X-Forwarded-For` differs each time, so that limits per address stay on. */
export function requestBytes(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): string {
  let text = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: ${nextAddress()}\r\n`
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`
  if (body !== undefined) text += `Content-Length: ${Buffer.byteLength(body)}\r\n`
  return `${text}\r\n${body ?? ''}`
}

let counter = Math.floor(Math.random() * 1e6)
let addresses = 0xfffffe

/** From now on requests come from so many addresses, one after the other. */
export function spreadOver(count: number): void {
  addresses = count
}

function nextAddress(): string {
  counter = (counter + 1) % addresses
  return `10.${(counter >> 16) & 255}.${(counter >> 8) & 255}.${counter & 255}`
}
