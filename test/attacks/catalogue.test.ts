/** That the catalogue is whole, and that what is built has its tests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ATTACKS, coverage, excusedNumbers, GROUPS, numbersIn } from './coverage.ts'

test('the catalogue has each number once, in order, in a group, with its severity, title and source', () => {
  assert.deepEqual(
    ATTACKS.map(({ number }) => number),
    Array.from({ length: 188 }, (_, at) => `A-${String(at + 1).padStart(3, '0')}`),
  )
  const groups = new Set(GROUPS.map(({ group }) => group))
  assert.equal(groups.size, 20)
  for (const { number, group, severity, title, source } of ATTACKS) {
    assert.ok(groups.has(group), number)
    assert.match(severity, /^[MHC]$/, number)
    assert.ok(title !== '' && source !== '', number)
  }
  for (const { group, stage, reason } of GROUPS) {
    assert.match(stage, /^(now|later)$/)
    assert.equal(reason !== undefined, stage === 'later', `group ${group}`)
  }
})

test('every attack of severity M on what is built has a test; those of severity H have one, or a reason in docs/security.md', () => {
  const { open, excused, unknown } = coverage()
  const missing = [
    ...open.filter(({ severity }) => severity !== 'C'),
    ...excused.filter(({ severity }) => severity === 'M'),
  ]
  assert.deepEqual(
    missing.map(({ number, title }) => `${number} ${title}`),
    [],
  )
  assert.deepEqual(unknown, [])
})

test('a number counts where it stands in the name of a test that runs', () => {
  const source = `
    test('A-001 one', () => {})
    test("A-002 it's", async (t) => {})
    for (const what of []) test(\`A-003, A-004 \${what}\`, { skip: false }, () => {})
    it(
      'A-005 on a line of its own',
      () => {},
    )
    test.skip('A-006', () => {})
    test.todo('A-007')
    // A-008, SHA-256
    other('A-009')
    test('SHA-256 and A-1000', () => assert.ok('A-010'))`
  assert.deepEqual(numbersIn(source), ['A-001', 'A-002', 'A-003', 'A-004', 'A-005'])
})

test('a reason counts where it stands in its list', () => {
  const markdown = `# Security
- A-001 — elsewhere
## Attacks without a test
- A-002 — not built yet
- A-003, A-004 — the same
- **A-005**: bold
Text about A-006.
## Next
- A-007 — elsewhere`
  assert.deepEqual(
    [...excusedNumbers(markdown)],
    [
      ['A-002', 'not built yet'],
      ['A-003', 'the same'],
      ['A-004', 'the same'],
      ['A-005', 'bold'],
    ],
  )
})
