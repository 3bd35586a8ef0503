import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NOT_APPLICABLE } from './not-applicable.ts'

type Check = { readonly id: string; readonly status: string; readonly errorMessage?: string }

export type Verdict = {
  readonly passed: number
  /** Failures that count, one line each. */
  readonly failed: readonly string[]
  readonly notApplicable: number
  /** Entries of the list that no failure stood behind in this run. */
  readonly unused: readonly string[]
}

/** Reads what the suite wrote to `directory`, and judges each failed check by the list of what does not apply. */
export async function judge(directory: string): Promise<Verdict> {
  const listed = new Set(NOT_APPLICABLE.flatMap(({ checks }) => checks))
  const used = new Set<string>()
  const failed: string[] = []
  let passed = 0
  let notApplicable = 0
  const files = globSync('*/checks.json', { cwd: directory })
  if (files.length === 0) failed.push('the suite wrote no results')
  for (const file of files) {
    const scenario = dirname(file)
      .replace(/^(authorization-)?server-/, '')
      .replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '')
    const checks: Check[] = JSON.parse(await readFile(join(directory, file), 'utf8'))
    for (const { id, status, errorMessage } of checks) {
      if (status === 'SUCCESS') passed++
      if (status !== 'FAILURE') continue
      const entry = [scenario, `${scenario}:${id}`].find((candidate) => listed.has(candidate))
      if (entry === undefined) failed.push(`${scenario}:${id}: ${errorMessage ?? ''}`)
      else notApplicable++
      if (entry !== undefined) used.add(entry)
    }
  }
  return { passed, failed, notApplicable, unused: [...listed].filter((entry) => !used.has(entry)) }
}
