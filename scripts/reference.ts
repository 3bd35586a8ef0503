/** Writes what is generated below docs/reference/ (`npm run docs`); `--check` only says whether it is fresh. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { settingsReference } from '../src/ops/settings-reference.ts'

const pages = new Map([['settings.md', settingsReference()]])
const folder = new URL('../docs/reference/', import.meta.url)

mkdirSync(folder, { recursive: true })
for (const [name, text] of pages) {
  const file = new URL(name, folder)
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
  } else if (readText(file) !== text) {
    console.error(`docs/reference/${name} is not fresh: run npm run docs`)
    process.exitCode = 1
  }
}

function readText(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return undefined
  }
}
