/** How often the parent is looked at, in milliseconds. */
const LOOK = 500
/** npm passes on what the terminal sent to both: the second one of a pair is no second wish. */
const SAME_WISH = 1000

/**
 * Calls `end` once, when the process shall end in order: by Ctrl-C, SIGTERM, SIGHUP (the terminal is gone), or, started
 * by npm, when npm is gone (it dies of a signal and leaves its child). A second signal ends it at once.
 */
export function onEnding(end: () => void): void {
  let asked = 0
  const ask = () => {
    const now = performance.now()
    if (asked === 0) {
      asked = now
      end()
    } else if (now - asked > SAME_WISH) {
      process.exit(1)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent && isAlive(parent)) return
    clearInterval(watch)
    if (asked === 0) ask()
  }, LOOK).unref()
}

/** On Windows a process keeps its parent's number when that is gone. */
function isAlive(pid: number): boolean {
  if (process.platform !== 'win32') return true
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
