import { readFileSync } from 'node:fs'

/** How often the parent is looked at, in milliseconds. */
const LOOK = 500
/** npm passes on what the terminal sent to both: the second one of a pair is no second wish. */
const SAME_WISH = 1000

/**
 * Calls `end` once, when the process shall end in order: by Ctrl-C, SIGTERM, SIGHUP (the terminal is gone), or, started
 * by npm, when npm is gone (it dies of a signal and leaves its child). A second signal ends it at once.
 */
export function onEnding(end: () => void): void {
  let asked: number | undefined
  const ask = () => {
    if (asked === undefined) {
      asked = performance.now()
      end()
    } else if (performance.now() - asked > SAME_WISH) {
      process.exit(1)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  if (process.env.npm_lifecycle_event === undefined) return
  const starters = startersOf(process.ppid)
  const watch = setInterval(() => {
    if (starters === startersOf(process.ppid)) return
    clearInterval(watch)
    if (asked === undefined) ask()
  }, LOOK).unref()
}

/** Who started this process, as a text that changes when one of them is gone: npm, or npm and its shell. */
function startersOf(parent: number): string {
  // On Windows a process keeps its parent's number when that is gone.
  if (process.platform === 'win32') return isAlive(parent) ? `${parent}` : ''
  const shell = parentOf(parent)
  // Whoever started npm is none of our business: nohup has to go on working.
  return shell !== undefined && nameOf(shell).startsWith('npm') ? `${parent} ${shell}` : `${parent}`
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Linux alone tells it without another process; elsewhere shells give way to the last command they run. */
function parentOf(pid: number): number | undefined {
  const line = /^PPid:\s+(\d+)$/m.exec(readProcess(pid, 'status'))
  return line ? Number(line[1]) : undefined
}

function nameOf(pid: number): string {
  return readProcess(pid, 'comm')
}

function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
