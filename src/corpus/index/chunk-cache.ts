/** The chunks of postings that were read last, by their rows' numbers, within a budget. */
export type ChunkCache = {
  get(number: number): Uint8Array | undefined
  set(number: number, chunk: Uint8Array): void
}

/** `budget` in bytes; the last chunk is kept whatever its size. */
export function createChunkCache(budget: number): ChunkCache {
  // Insertion order is the order of use.
  const chunks = new Map<number, Uint8Array>()
  let used = 0
  return {
    get(number) {
      const chunk = chunks.get(number)
      if (!chunk) return undefined
      chunks.delete(number)
      chunks.set(number, chunk)
      return chunk
    },
    set(number, chunk) {
      used += chunk.length - (chunks.get(number)?.length ?? 0)
      chunks.delete(number)
      chunks.set(number, chunk)
      for (const [oldest, { length }] of chunks) {
        if (used <= budget || oldest === number) break
        chunks.delete(oldest)
        used -= length
      }
    },
  }
}
