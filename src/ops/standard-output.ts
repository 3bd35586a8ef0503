import { write, writeSync } from 'node:fs'
import { systemCode } from './fault.ts'

/** Where text goes. Neither ever throws. */
export type Output = {
  write(text: string): void
  /** Writes what is waiting, at once. */
  flushSync(): void
}

/** Text that waits for more, in characters, and for how long at the most, in milliseconds. */
const TOGETHER = 16 * 1024
const WAIT = 100

/** What a reader that does not read costs at most, in characters; then text is dropped. */
const MOST = 8 * 1024 * 1024

/** How often and how long a reader that does not read is waited for at the end, in milliseconds. */
const LOOK = 10
const PATIENCE = 1000

/**
 * Text to a file descriptor, written together and off the hot path: when 16 kB wait, or after a tenth of a second; and
 * what waits is written when the process ends. Where nobody reads any more (`corpusiq serve | head`, a terminal that
 * was closed), the server goes on without: such a fault must neither end it nor hold up its end.
 */
export function standardOutput(descriptor = 1): Output {
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  /** What was passed on and is not written yet; `withSystem` while the system is at it. */
  let onItsWay: Uint8Array | undefined
  let withSystem = false
  let gone = false

  const send = (bytes: Uint8Array) => {
    onItsWay = bytes
    withSystem = true
    write(descriptor, bytes, (fault, written) => {
      withSystem = false
      if (fault && !isBusy(fault)) {
        gone = true
        return
      }
      const rest = fault ? bytes : bytes.subarray(written)
      onItsWay = rest.length > 0 ? rest : undefined
      if (fault) schedule()
      else if (onItsWay || waiting.length >= TOGETHER) pass()
      else if (waiting !== '') schedule()
    })
  }
  const pass = () => {
    clearTimeout(timer)
    timer = undefined
    if (withSystem || gone) return
    const bytes = onItsWay ?? taken()
    if (bytes.length > 0) send(bytes)
  }
  const schedule = () => {
    timer ??= setTimeout(pass, WAIT).unref()
  }
  const taken = () => {
    const bytes = Buffer.from(waiting)
    waiting = ''
    return bytes
  }
  const flushSync = () => {
    if (gone) return
    // What the system is at comes by itself.
    const late = withSystem ? undefined : onItsWay
    if (late) onItsWay = undefined
    gone = !writeAll(descriptor, late ? Buffer.concat([late, taken()]) : taken())
  }
  process.once('exit', flushSync)
  return {
    write(text) {
      if (gone || waiting.length + text.length > MOST) return
      waiting += text
      if (waiting.length < TOGETHER) schedule()
      else if (!onItsWay) pass()
    },
    flushSync,
  }
}

/** Whether somebody took it all. */
function writeAll(descriptor: number, bytes: Uint8Array): boolean {
  let rest = bytes
  for (let waited = 0; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (fault) {
      if (!isBusy(fault) || waited >= PATIENCE) return false
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK)
      waited += LOOK
    }
  }
  return true
}

/** A pipe or terminal whose buffer is full. */
function isBusy(fault: unknown): boolean {
  const code = systemCode(fault)
  return code === 'EAGAIN' || code === 'EBUSY'
}
