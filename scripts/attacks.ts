/**
 * Which attacks of test/attacks/catalogue.json have no test (`npm run attacks`). Exit code 1 where one of severity M has
 * none, or one of severity H neither a test nor a reason in docs/security.md.
 */
import { type Attack, coverage } from '../test/attacks/coverage.ts'

const { tested, excused, open, unknown } = coverage()
const line = ({ number, severity, title }: Attack) => `  ${number} ${severity} ${title}`

console.log(`${tested.length} attacks have a test.`)
if (excused.length > 0) {
  console.log('No test, for a reason that docs/security.md gives:')
  for (const attack of excused) console.log(`${line(attack)}: ${attack.reason}`)
}
if (open.length > 0) {
  console.log('No test:')
  for (const attack of open) console.log(line(attack))
}
if (unknown.length > 0) console.log(`Named, but in no catalogue: ${unknown.join(', ')}`)
if (
  unknown.length > 0 ||
  [...open, ...excused].some(({ severity }) => severity === 'M') ||
  open.some(({ severity }) => severity === 'H')
) {
  process.exitCode = 1
}
