/** Files that the programs of this machine write while the test runs, where it has them: what is read is not frozen. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { indexed, type TestFolder, testFolder } from './folder.ts'
import { checkRow, type Row } from './formats-table.ts'

function without(program: string): string | false {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return false
  } catch {
    return `no ${program} on the PATH`
  }
}

const NAMES = [
  'Lisbon',
  'Bergen',
  'Tallinn',
  'Varna',
  'Cádiz',
  'Ålesund',
  'Gdańsk',
  'Split',
  'Rostock',
  'Bari',
  'Odense',
  'Vigo',
  'Nantes',
  'Hull',
]
const sentenceOf = (name: string) => `The harbourmaster of ${name} counts the lamps at dusk.`
const textOf = (name: string) =>
  `---\ntitle: Port of ${name}\n---\n\n# Lamps of ${name}\n\n${sentenceOf(name)}[^1]\n\n- first quay\n- second quay\n\n[^1]: By the light of the pier.\n`

const WRITERS: readonly (readonly [format: string, ending: string])[] = [
  ...([
    ['docx', 'docx'],
    ['odt', 'odt'],
    ['epub2', 'epub'],
    ['epub3', 'epub'],
    ['rtf', 'rtf'],
  ] as const),
  ...([
    ['html4', 'html'],
    ['html5', 'xhtml'],
    ['pptx', 'pptx'],
    ['ipynb', 'ipynb'],
    ['rst', 'rst'],
  ] as const),
  ...([
    ['org', 'org'],
    ['asciidoc', 'adoc'],
    ['latex', 'tex'],
    ['gfm', 'md'],
  ] as const),
]

test('what pandoc writes now', { skip: without('pandoc') }, async (t) => {
  const folder = testFolder(t)
  const rows = WRITERS.map(([format, ending], at): Row => {
    const name = NAMES[at] ?? ''
    const file = `${format}.${ending}`
    execFileSync('pandoc', ['-s', '-f', 'markdown', '-t', format, '-o', join(folder.path, file)], {
      input: textOf(name),
    })
    return { file, says: sentenceOf(name), holds: ['By the light of the pier.', 'second quay'] }
  })
  await found(t, folder, rows)
})

test('what LibreOffice writes now', { skip: without('soffice') }, async (t) => {
  const folder = testFolder(t)
  const work = workplace(t)
  const convert = (program: 'writer' | 'calc', to: string, files: readonly string[]) => {
    const profile = `-env:UserInstallation=file://${join(work, 'profile')}`
    const options = [profile, '--headless', `--${program}`, '--convert-to', to, '--outdir', work]
    execFileSync('soffice', [...options, ...files.map((file) => join(work, file))], { stdio: 'ignore' })
  }
  const take = (file: string) => renameSync(join(work, file), join(folder.path, file))
  const rows: Row[] = []

  const endings = ['odt', 'docx', 'rtf', 'pdf']
  for (const [at, ending] of endings.entries()) {
    const name = NAMES[at] ?? ''
    const page = `<meta charset="utf-8"><h1>Lamps of ${name}</h1><p>${sentenceOf(name)}</p>`
    writeFileSync(join(work, `${ending}.html`), page)
    rows.push({ file: `${ending}.${ending}`, says: sentenceOf(name) })
  }
  convert(
    'writer',
    'odt:writer8',
    endings.map((ending) => `${ending}.html`),
  )
  for (const ending of endings) {
    if (ending !== 'odt') convert('writer', ending, [`${ending}.odt`])
    take(`${ending}.${ending}`)
  }
  for (const [at, ending] of ['xlsx', 'ods'].entries()) {
    const name = ['Rostock', 'Odense'][at] ?? ''
    writeFileSync(join(work, `${ending}.csv`), `Port,Lamps,Day\n${name},forty-one,2026-03-04\n`)
    convert('calc', ending, [`${ending}.csv`])
    take(`${ending}.${ending}`)
    rows.push({ file: `${ending}.${ending}`, says: `${name} | forty-one | 2026-03-04` })
  }
  await found(t, folder, rows)
})

test('what pdfTeX writes now', { skip: without('pdflatex') }, async (t) => {
  const folder = testFolder(t)
  const work = workplace(t)
  const page = (name: string) =>
    `${sentenceOf(name)}\n\n${'Nothing else was entered that night.\n\n'.repeat(30)}\\newpage\n`
  const source = `\\documentclass{article}\\begin{document}\n${page('Lisbon')}${page('Bergen')}${page('Tallinn')}\\end{document}\n`
  writeFileSync(join(work, 'log.tex'), source)
  execFileSync('pdflatex', ['-interaction=batchmode', 'log.tex'], { cwd: work, stdio: 'ignore' })
  folder.write('log.pdf', readFileSync(join(work, 'log.pdf')))
  await found(
    t,
    folder,
    ['Lisbon', 'Bergen', 'Tallinn'].map((name, at) => ({
      file: 'log.pdf',
      says: sentenceOf(name),
      page: at + 1,
    })),
  )
})

function workplace(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'corpusiq-making-'))
  t.after(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return path
}

async function found(t: TestContext, folder: TestFolder, rows: readonly Row[]): Promise<void> {
  const corpus = await indexed(t, folder)
  for (const row of rows) await t.test(row.file, () => checkRow(corpus, row))
  assert.deepEqual(await corpus.problems(), [])
}
