import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moment, table } from './output.ts'

test('a table has its columns one below the other', () => {
  assert.equal(
    table(
      ['A', 'B'],
      [
        ['long', 'x'],
        ['s', 'y'],
      ],
    ),
    'A     B\nlong  x\ns     y',
  )
})

test('A-168 names from outside reach the terminal without control characters, in one line', () => {
  assert.equal(table(['NAME'], [['a\u001b[2J\n\u202eb']]), 'NAME\na [2J b')
})

test('a moment is told in UTC, none as a dash', () => {
  assert.equal(moment(1_764_000_000), '2025-11-24 16:00')
  assert.equal(moment(undefined), '-')
})
