import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { indexed, testFolder } from './folder.ts'

const NOTES = {
  'tea/green tea.md': '---\ntitle: Green tea\n---\n\nGreen tea wants water of 80 °C and two minutes.\n',
  'tea/black.txt': 'Black tea wants boiling water and four minutes.\n',
  'lighthouse.html': '<title>The lighthouse of Alexandria</title><p>It stood on Pharos, an island.</p>',
  README: 'Notes on running a small café in Zürich.\n',
  'japan.md': '# 旅行\n\n来年の春に東京都の博物館を訪ねる予定です。\n',
  'china.txt': '我们明天去北京图书馆看书。\n',
  'korea.txt': '서울에서 친구를 만났습니다.\n',
  'thai.txt': 'พรุ่งนี้เราจะไปพิพิธภัณฑ์ในกรุงเทพ\n',
  'empty.md': '',
}

test('every document is found by a word inside it, in any of the formats', async (t) => {
  const corpus = await indexed(t, testFolder(t, NOTES))
  const found = async (query: string) => (await corpus.paths(query))[0]
  assert.equal(await found('How hot should the water for green tea be?'), 'tea/green tea.md')
  assert.equal(await found('boiling'), 'tea/black.txt')
  assert.equal(await found('island Pharos'), 'lighthouse.html')
  assert.equal(await found('run cafe zurich'), 'README')
  assert.equal(await found('empty'), 'empty.md')
  assert.deepEqual(corpus.told(), [])
})

test('words of scripts without spaces are found inside a sentence', async (t) => {
  const corpus = await indexed(t, testFolder(t, NOTES))
  for (const [word, path] of [
    ['博物館', 'japan.md'],
    ['京', 'japan.md'],
    ['图书馆', 'china.txt'],
    ['서울', 'korea.txt'],
    ['พิพิธภัณฑ์', 'thai.txt'],
  ] as const) {
    assert.ok((await corpus.paths(word)).includes(path), word)
  }
  assert.deepEqual(await corpus.paths('大阪'), [])
})

test('a hit says what it found: score, passage, and what the document is', async (t) => {
  const folder = testFolder(t, {
    'long.md': `# One\n\n${'Nothing here. '.repeat(100)}\n\n# Two\n\nThe mirror of bronze.\n`,
  })
  const corpus = await indexed(t, folder)
  const [hit, ...rest] = await corpus.search('bronze mirrors', 10)
  assert.equal(rest.length, 0)
  assert.match(hit?.id ?? '', /^[A-Za-z0-9_-]{22}$/)
  assert.equal(hit?.title, 'One')
  assert.equal(hit?.text, '# Two\n\nThe mirror of bronze.')
  assert.ok(hit && hit.score > 0)
  assert.equal(hit?.media_type, 'text/markdown')
  assert.equal(hit?.bytes, statSync(join(folder.path, 'long.md')).size)
  assert.equal(
    hit?.modified,
    new Date(Math.floor(statSync(join(folder.path, 'long.md')).mtimeMs)).toISOString(),
  )
  const document = await corpus.fetch(hit?.id ?? '')
  assert.equal(document?.text, readFileSync(join(folder.path, 'long.md'), 'utf8'))
})

test('the limit holds, is brought into 1 to 50, and a document appears once', async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`${index}.md`, `tea number ${index}`]),
  )
  const corpus = await indexed(
    t,
    testFolder(t, { ...files, 'many.md': `# tea\n\n${'tea and more tea. '.repeat(20)}`.repeat(500) }),
  )
  assert.equal((await corpus.search('tea', 3)).length, 3)
  const all = await corpus.search('tea', 50)
  assert.equal(new Set(all.map(({ id }) => id)).size, 50)
  for (const [limit, count] of [
    [0, 1],
    [-5, 1],
    [1.5, 1],
    [Number.NaN, 1],
    [1e9, 50],
  ] as const) {
    assert.equal((await corpus.search('tea', limit)).length, count)
  }
  assert.deepEqual(
    all.map(({ score }) => score),
    all.map(({ score }) => score).toSorted((a, b) => b - a),
  )
})

test('a word in the title weighs more than one in the text', async (t) => {
  const corpus = await indexed(
    t,
    testFolder(t, {
      'a.md': '# Cups\n\nA cup for coffee, or for tea.\n',
      'b.md': '# Tea\n\nA cup for coffee, or for milk.\n',
      'c.md': '# Other\n\nNothing of the kind is here.\n',
      'd.md': '# Other\n\nNothing of the kind is here.\n',
    }),
  )
  assert.deepEqual(await corpus.paths('tea'), ['b.md', 'a.md'])
})

test('list pages through every document once, in a stable order', async (t) => {
  const corpus = await indexed(t, testFolder(t, NOTES))
  const seen: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await corpus.list(cursor === undefined ? { limit: 2 } : { cursor, limit: 2 })
    if (page.length === 0) break
    seen.push(...page.map(({ path }) => path))
    cursor = page.at(-1)?.id
  }
  assert.deepEqual(seen.toSorted(), Object.keys(NOTES).toSorted())
  const { documents, indexing, indexed_at } = await corpus.status()
  assert.equal(documents, Object.keys(NOTES).length)
  assert.equal(indexing, false)
  assert.ok(typeof indexed_at === 'number')
})

test('a document beyond a million characters is fetched to there, and says how long it is', async (t) => {
  const corpus = await indexed(t, testFolder(t, { 'big.txt': 'needle and thread. '.repeat(100_000) }))
  const [hit] = await corpus.search('needle', 1)
  const document = await corpus.fetch(hit?.id ?? '')
  const shown = document?.text.length ?? 0
  assert.ok(shown > 990_000 && shown <= 1_000_000)
  assert.equal(document?.length, 1_900_000)
  const rest = await corpus.fetch(hit?.id ?? '', { offset: shown })
  assert.equal(rest?.offset, shown)
  assert.equal(rest?.text.length, 1_900_000 - shown)
})

test('what is not read is told once, with its reason', async (t) => {
  const corpus = await indexed(
    t,
    testFolder(t, {
      'good.md': 'fine',
      'big.md': 'x'.repeat(2000),
      'binary.md': Uint8Array.from([1, 0, 2]),
      program: Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0]),
      'a.pdf': '%PDF',
      'picture.dat': Uint8Array.from([1, 0, 2]),
      'photo.png': 'png',
    }),
    { limit: 1000 },
  )
  const problems = corpus.told().map(({ path, reason }) => `${path}: ${reason}`)
  assert.deepEqual(problems.toSorted(), [
    'a.pdf: it is no PDF, whatever its name says',
    'big.md: larger than 1,000 bytes',
    'binary.md: not text',
  ])
  assert.equal((await corpus.status()).documents, 1)
})

test('two folders: each has its own documents, also under the same names', async (t) => {
  const one = testFolder(t, { 'a.md': 'first tea' })
  const two = testFolder(t, { 'a.md': 'second tea' })
  const corpus = await indexed(t, one, { folders: [one.path, two.path, one.path] })
  const hits = await corpus.search('tea', 10)
  assert.deepEqual(hits.map(({ text }) => text).toSorted(), ['first tea', 'second tea'])
  assert.equal(new Set(hits.map(({ id }) => id)).size, 2)
})
