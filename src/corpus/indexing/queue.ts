import type { Stamp } from '../sources/stamp.ts'

/** A file that is to be read, or of which it is known already why it is not; `stamp` as it was found. */
export type Task = { readonly path: string; readonly stamp: Stamp; readonly problem?: string }

/**
 * The files that wait to be read and those that are being read; each is in here once. What a hint named comes before
 * what a scan found, so that the file somebody saved just now needn't wait for a hundred thousand others.
 */
export type Queue = {
  add(task: Task, options: { urgent: boolean }): void
  /** Begins with the next one; undefined where none waits. `isCurrent` until another task or a `drop` makes it void. */
  begin(): { task: Task; isCurrent: () => boolean; end: () => void } | undefined
  /** The file is gone. */
  drop(path: string): void
  has(path: string): boolean
  /** Every path that waits or is being read. */
  paths(): Iterable<string>
  waiting(): number
  underWay(): number
  clear(): void
}

export function createQueue(): Queue {
  const urgent = new Map<string, Task>()
  const rest = new Map<string, Task>()
  const begun = new Map<string, symbol>()
  let underWay = 0

  const drop = (path: string) => {
    urgent.delete(path)
    rest.delete(path)
    begun.delete(path)
  }
  return {
    add(task, options) {
      drop(task.path)
      ;(options.urgent ? urgent : rest).set(task.path, task)
    },
    begin() {
      const from = urgent.size > 0 ? urgent : rest
      const [next] = from
      if (!next) return undefined
      const [path, task] = next
      from.delete(path)
      const turn = Symbol(path)
      begun.set(path, turn)
      underWay++
      return {
        task,
        isCurrent: () => begun.get(path) === turn,
        end() {
          underWay--
          if (begun.get(path) === turn) begun.delete(path)
        },
      }
    },
    drop,
    has: (path) => urgent.has(path) || rest.has(path) || begun.has(path),
    *paths() {
      yield* urgent.keys()
      yield* rest.keys()
      yield* begun.keys()
    },
    waiting: () => urgent.size + rest.size,
    underWay: () => underWay,
    clear() {
      urgent.clear()
      rest.clear()
      begun.clear()
    },
  }
}
