/** PDFs whose Chinese, Japanese or Korean fonts are not in the file, with the package that knows their characters. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readPdf } from '../../src/corpus/extract/pdf.ts'
import { foreignFont, pages, pdf, shownBytes } from '../support/made-files.ts'

const SAYS = {
  chinese: '渔船在黎明前离开港口。',
  japanese: '灯台守は毎晩ランプに油を注ぐ。',
  korean: '등대지기는 밤마다 바다를 본다.',
}

/** Encodings by their names, the text's bytes in them, and the text. */
const ENCODINGS = [
  ['GBK-EUC-H', 'GB1', 'B5C6CBFE', '灯塔'],
  ['GBK2K-V', 'GB1', 'B5C6CBFE', '灯塔'],
  ['UniGB-UTF16-H', 'GB1', '706F5854', '灯塔'],
  ['ETen-B5-H', 'CNS1', 'BF4FB6F0', '燈塔'],
  ['ETenms-B5-V', 'CNS1', 'BF4FB6F0', '燈塔'],
  ['UniCNS-UCS2-H', 'CNS1', '71C85854', '燈塔'],
  ['90ms-RKSJ-H', 'Japan1', '939491E4', '灯台'],
  ['90msp-RKSJ-V', 'Japan1', '939491E4', '灯台'],
  ['EUC-H', 'Japan1', 'C5F4C2E6', '灯台'],
  ['UniJIS-UTF16-H', 'Japan1', '706F53F0', '灯台'],
  ['KSCms-UHC-H', 'Korea1', 'B5EEB4EB', '등대'],
  ['UniKS-UCS2-V', 'Korea1', 'B4F1B300', '등대'],
] as const

const folder = mkdtempSync(join(tmpdir(), 'corpusiq-'))
after(() => rmSync(folder, { recursive: true }))
const isInstalled = install()
const options = { skip: isInstalled ? false : 'pdfjs-dist could not be installed' }
const maps = `${folder.replaceAll('\\', '/')}/node_modules/pdfjs-dist/cmaps/`

function install(): boolean {
  writeFileSync(join(folder, 'package.json'), '{}')
  const flags = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--fetch-retries=0']
  const { status } = spawnSync('npm', ['install', ...flags, 'pdfjs-dist@6'], {
    ...{ cwd: folder, timeout: 60_000, shell: process.platform === 'win32' },
  })
  return status === 0
}

for (const [language, sentence] of Object.entries(SAYS)) {
  test(`a PDF in ${language} is read whose fonts are not in the file`, options, async () => {
    const file = new URL(`../data/corpus/formats/pdf/reportlab-${language}.pdf`, import.meta.url)
    const { text } = await readPdf(new Uint8Array(readFileSync(file)), maps)
    assert.ok(text.includes(sentence))
  })
}

for (const [encoding, collection, hex, text] of ENCODINGS) {
  test(
    `ISO 32000-1 §9.7.5.2 ${encoding}, a predefined encoding of a font that is not in the file`,
    options,
    async () => {
      const bytes = pdf(pages(shownBytes(hex)).with(4, foreignFont(encoding, collection)))
      assert.equal((await readPdf(bytes, maps)).text.replace(/\s/g, ''), text)
    },
  )
}
