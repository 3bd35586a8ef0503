/**
 * What is made by the first who asks and then stays: a promise for all. One that fails is forgotten, so that a moment
 * without memory or file descriptors, which a flood can bring about, does no harm beyond itself.
 */
export function madeOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((fault: unknown) => {
      made = undefined
      throw fault
    })
    return made
  }
}
