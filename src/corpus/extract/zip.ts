import { unzipSync } from 'fflate'
import { Refused } from './format.ts'

/** What an archive may hold, whatever it says of itself. */
const MOST = { entries: 20_000, bytes: 200 * 1024 * 1024 }

/**
 * The entries of an Office file or a book that are `wanted`, by name. Names are only looked up, never joined to a path.
 * Nothing is inflated beyond the size that the archive declares, and no more than `MOST` in all (CWE-409). Throws where
 * it is no archive or too large.
 */
export function unzip(bytes: Uint8Array, wanted: (name: string) => boolean): Map<string, Uint8Array> {
  let entries = 0
  let total = 0
  const files = unzipSync(bytes, {
    filter({ name, originalSize }) {
      entries++
      if (entries > MOST.entries) throw new Refused(`it holds more than ${MOST.entries} parts`)
      if (!wanted(name)) return false
      total += originalSize
      if (total > MOST.bytes)
        throw new Refused(`it holds more than ${MOST.bytes / 1024 / 1024} MiB when unpacked`)
      return true
    },
  })
  return new Map(Object.entries(files))
}
