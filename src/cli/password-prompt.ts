import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** A line from a person, which the terminal does not show; or the first line of standard input where that is none. */
export async function readPassword(prompt: string): Promise<string> {
  const terminal = process.stdin.isTTY === true
  if (terminal) process.stderr.write(prompt)
  // In a terminal readline echoes what is typed to its output: here to nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output, terminal })
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
    if (terminal) process.stderr.write('\n')
  }
}
