import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'

/** What `readBounded` undoes; to be sent as `Accept-Encoding`. */
export const ENCODINGS = 'gzip, br'

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
}

export class EncodingFault extends Error {}
export class SizeFault extends Error {}

/**
 * The body of an answer, decompressed, at most `limit` bytes: counted as they come, so that a bomb is let go where it
 * passes the limit and not when it has unfolded. Throws SizeFault, EncodingFault, or what the connection failed with.
 */
export async function readBounded(answer: IncomingMessage, limit: number): Promise<Uint8Array> {
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined
  if (!decoder && encoding !== 'identity') throw new EncodingFault(`encoded as ${encoding}`)
  // What is announced needs no reading. Compressed bytes say nothing of what they unfold to.
  if (Number(answer.headers['content-length'] ?? 0) > limit) throw new SizeFault()
  let connectionFault: unknown
  if (decoder) {
    answer.on('error', (fault) => {
      connectionFault = fault
      decoder.destroy(fault)
    })
    answer.pipe(decoder)
  }
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of decoder ?? answer) {
      size += chunk.length
      if (size > limit) throw new SizeFault()
      chunks.push(chunk)
    }
  } catch (fault) {
    if (fault instanceof SizeFault || connectionFault !== undefined || !decoder) throw fault
    throw new EncodingFault(`not what its encoding ${encoding} says`)
  } finally {
    decoder?.destroy()
    answer.destroy()
  }
  return Buffer.concat(chunks)
}
