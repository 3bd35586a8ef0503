import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second, as every Linux has it (`getconf CLK_TCK`). */
const TICKS = 100

/** CPU seconds that a process and its descendants have used, from /proc. Linux only. */
export function cpuSeconds(pid: number): number {
  return tree(pid).reduce((sum, each) => {
    // The name in parentheses may hold blanks; utime and stime are the 12th and 13th fields after it.
    const fields = readFileSync(`/proc/${each}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS
  }, 0)
}

/** Resident memory of a process and its descendants, in MiB. */
export function residentMiB(pid: number): number {
  return tree(pid).reduce((sum, each) => {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${each}/status`, 'utf8'))?.[1]
    return sum + Number(kilobytes ?? 0) / 1024
  }, 0)
}

function tree(pid: number): number[] {
  const found = [pid]
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim()
    if (children) found.push(...children.split(' ').flatMap((child) => tree(Number(child))))
  }
  return found
}
