import { OperatorFault } from '../ops/fault.ts'
import { show, table } from './output.ts'
import { readConfiguration } from './settings-flags.ts'

/** `corpusiq settings`: what is in force, and where each value comes from. Secrets are masked. */
export function showSettings(options: { json?: boolean }): OperatorFault | undefined {
  const configuration = readConfiguration(options)
  if (configuration instanceof OperatorFault) return configuration
  const { effective, warnings } = configuration
  show(options.json, effective, () =>
    table(
      ['SETTING', 'VALUE', 'FROM'],
      effective.map(({ name, value, source }) => [name, value, source]),
    ),
  )
  for (const warning of warnings) process.stderr.write(`${warning}\n`)
  return undefined
}
