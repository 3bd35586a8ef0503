import { readFileSync } from 'node:fs'
import { systemCode } from './fault.ts'

/** The bytes of a file that a setting or a command line names; or as the end of a sentence why there are none. */
export function readNamedFile(path: string): Uint8Array | string {
  try {
    return readFileSync(path)
  } catch (fault) {
    const code = systemCode(fault)
    if (code === undefined) throw fault
    return `cannot be read (${code})`
  }
}
