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
  const urgent = createLine()
  const rest = createLine()
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
      ;(options.urgent ? urgent : rest).add(task)
    },
    begin() {
      const task = urgent.take() ?? rest.take()
      if (!task) return undefined
      const { path } = task
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
      yield* urgent.paths()
      yield* rest.paths()
      yield* begun.keys()
    },
    waiting: () => urgent.size() + rest.size(),
    underWay: () => underWay,
    clear() {
      urgent.clear()
      rest.clear()
      begun.clear()
    },
  }
}

/** Tasks in the order in which they came. */
function createLine() {
  const tasks = new Map<string, Task>()
  // Kept from one to the next: a new one would go past all that was ever taken out.
  let inOrder = tasks.values()
  return {
    add: (task: Task) => void tasks.set(task.path, task),
    take(): Task | undefined {
      if (tasks.size === 0) return undefined
      let { value, done } = inOrder.next()
      if (done) {
        inOrder = tasks.values()
        value = inOrder.next().value
      }
      if (value) tasks.delete(value.path)
      return value
    },
    delete: (path: string) => void tasks.delete(path),
    has: (path: string) => tasks.has(path),
    paths: () => tasks.keys(),
    size: () => tasks.size,
    clear: () => tasks.clear(),
  }
}
