import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { SETTING_NAMES } from './setting-table.ts'
import { settingsReference } from './settings-reference.ts'

test('docs/reference/settings.md is what the table of settings says: npm run docs', () => {
  const file = new URL('../../docs/reference/settings.md', import.meta.url)
  assert.equal(readFileSync(file, 'utf8').replaceAll('\r\n', '\n'), settingsReference())
})

test('every setting has its line', () => {
  for (const name of SETTING_NAMES) assert.match(settingsReference(), new RegExp(`^\\| \`${name}\` \\|`, 'm'))
})
