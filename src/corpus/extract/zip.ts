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
  refuseOthers(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
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

/** The name of the part that is meant by a reference in another, if it can be one. */
export function partOf(reference: string, from: string): string | undefined {
  const folder = from.slice(0, from.lastIndexOf('/') + 1)
  const path = URL.parse(reference, `zip:///${folder}`)?.pathname.slice(1)
  try {
    return path && decodeURIComponent(path)
  } catch {
    return undefined
  }
}

/** [MS-CFB] §2.2: the container of Office's old formats. */
const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex')

/** Files that are no archive, and what they are. */
function refuseOthers(bytes: Buffer): void {
  if (bytes.subarray(0, COMPOUND.length).equals(COMPOUND)) {
    // [MS-OFFCRYPTO] §2.3.4.4: one that has a password is put into such a container.
    if (bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
      throw new Refused('it is encrypted: save a copy without a password')
    }
    throw new Refused('it is of an old Office format under a new name: save it in the new one')
  }
  // The archive's list of contents stands at its end.
  if (bytes.lastIndexOf('PK\u0005\u0006') === -1) {
    throw new Refused('it is cut off, or not what its name says')
  }
}
