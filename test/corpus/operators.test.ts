/** What people may write beside words, through a whole corpus. */
import assert from 'node:assert/strict'
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { indexed, testFolder } from './folder.ts'

const long = 'Nothing of the kind stands here. '.repeat(40)

const NOTES = {
  'tea/green.md': `# Green tea\n\n${long}\n\n## Water\n\nWater for the first steeping is at eighty degrees.\n`,
  'tea/black.txt': 'Black tea wants boiling water. The first flush is the best.\n',
  'coffee.md': '# Coffee\n\nCoffee wants water too, and at first a good mill.\n',
  'plan/2026.md': '# Plan\n\nBuy tea and coffee.\n',
  'japan.md': '# 旅行\n\n来年の春に東京都の博物館を訪ねる予定です。\n',
}

test('a quoted phrase stands word for word in what is found, and its passage is shown', async (t) => {
  const corpus = await indexed(t, testFolder(t, NOTES))
  assert.deepEqual(await corpus.paths('"first steeping"'), ['tea/green.md'])
  const [hit] = await corpus.search('tea "first steeping"', 10)
  assert.match(hit?.text ?? '', /^## Water/)
  assert.equal(hit?.heading, 'Green tea > Water')
  assert.deepEqual(await corpus.paths('"water" "first flush"'), ['tea/black.txt'])
  // Another passage of it says more of the words, but not the phrase.
  const [shown] = await corpus.search('"eighty degrees" nothing of the kind stands here', 10)
  assert.match(shown?.text ?? '', /eighty degrees/)
  assert.deepEqual(await corpus.paths('"東京都の博物館"'), ['japan.md'])
  // In the title or the path, too.
  assert.deepEqual((await corpus.paths('"green tea" water'))[0], 'tea/green.md')
})

test('a phrase that nothing holds counts as its words', async (t) => {
  const corpus = await indexed(t, testFolder(t, NOTES))
  assert.deepEqual(
    (await corpus.paths('"steeping the first"')).toSorted(),
    await all(corpus, 'steeping the first'),
  )
  assert.deepEqual((await corpus.paths('"first flush" "first steeping"')).length, 3)
})

async function all(corpus: { paths(query: string): Promise<string[]> }, query: string): Promise<string[]> {
  return (await corpus.paths(query)).toSorted()
}

test('-word leaves out every document that holds the word; what would leave nothing does not', async (t) => {
  const corpus = await indexed(t, testFolder(t, NOTES))
  assert.deepEqual(await all(corpus, 'water -tea'), ['coffee.md'])
  assert.deepEqual(await all(corpus, 'water -degrees'), ['coffee.md', 'tea/black.txt'])
  assert.deepEqual(await all(corpus, 'water -"first flush"'), ['coffee.md', 'tea/green.md'])
  assert.deepEqual(
    await all(corpus, 'water -degree'),
    ['coffee.md', 'tea/black.txt', 'tea/green.md'],
    'no stems',
  )
  assert.deepEqual(await all(corpus, 'steeping -water'), ['tea/green.md'])
  assert.deepEqual(await all(corpus, '-steeping'), ['tea/green.md'])
  assert.deepEqual(await all(corpus, '博物館 -東京'), ['japan.md'])
})

test('path:, type: and in: leave only what has them; one that nothing has is words', async (t) => {
  const folder = testFolder(t, NOTES)
  const other = testFolder(t, { 'work/tea.md': 'Tea for the office.\n' })
  const corpus = await indexed(t, folder, { folders: [folder.path, join(other.path, 'work')] })
  assert.deepEqual(await all(corpus, 'water path:tea'), ['tea/black.txt', 'tea/green.md'])
  assert.deepEqual(await all(corpus, 'water path:TEA/*.txt'), ['tea/black.txt'])
  assert.deepEqual(await all(corpus, 'water type:md'), ['coffee.md', 'tea/green.md'])
  assert.deepEqual(await all(corpus, 'water type:Markdown'), ['coffee.md', 'tea/green.md'])
  assert.deepEqual(await all(corpus, 'water type:txt type:md path:black'), ['tea/black.txt'])
  assert.deepEqual(await all(corpus, 'tea in:work'), ['tea.md'])
  assert.deepEqual(await all(corpus, 'tea in:WORK'), ['tea.md'])
  assert.deepEqual(await all(corpus, 'tea in:NOTES type:txt'), ['tea/black.txt'])
  assert.deepEqual(await all(corpus, 'steeping in:work'), [], 'a collection is kept to')
  for (const nonsense of ['path:100%', 'path:_', 'type:exe', 'in:nowhere', "in:'", 'path:\\']) {
    assert.deepEqual(await all(corpus, `steeping ${nonsense}`), ['tea/green.md'], nonsense)
  }
  assert.deepEqual(await all(corpus, 'water path:t_a'), await all(corpus, 'water'), 'no wildcard but *')
  // Without a word: the newest of them.
  assert.deepEqual(await all(corpus, 'path:tea in:notes'), ['tea/black.txt', 'tea/green.md'])
  assert.deepEqual(await all(corpus, 'type:md -plan -tea in:notes'), ['coffee.md', 'japan.md'])
})

test('after: and before: go by when the file was changed; after: counts its day, before: does not', async (t) => {
  const folder = testFolder(t, NOTES)
  for (const [path, day] of Object.entries({
    'tea/green.md': '2025-12-31T23:59:59Z',
    'tea/black.txt': '2026-01-01T00:00:00Z',
    'coffee.md': '2026-03-05T12:00:00Z',
  })) {
    const moment = new Date(day)
    utimesSync(join(folder.path, path), moment, moment)
  }
  const corpus = await indexed(t, folder)
  assert.deepEqual(await all(corpus, 'water after:2026'), ['coffee.md', 'tea/black.txt'])
  assert.deepEqual(await all(corpus, 'water before:2026'), ['tea/green.md'])
  assert.deepEqual(await all(corpus, 'water after:2026-01-01 before:2026-03'), ['tea/black.txt'])
  assert.deepEqual(await all(corpus, 'water after:2026-03-05 before:2026-03-06'), ['coffee.md'])
  assert.deepEqual(await corpus.paths('before:2026-04'), ['coffee.md', 'tea/black.txt', 'tea/green.md'])
  assert.deepEqual(await all(corpus, 'water after:lunch'), ['coffee.md', 'tea/black.txt', 'tea/green.md'])
})

test('a collection by the option is exact, and one that there is not has nothing', async (t) => {
  const folder = testFolder(t, NOTES)
  const corpus = await indexed(t, folder)
  assert.equal((await corpus.search('water', 10, { collection: 'notes' })).length, 3)
  assert.equal((await corpus.search('water', 10, { collection: 'other' })).length, 0)
})

test('A-160 any text is answered, and where a word of it stands in a document something is found', async (t) => {
  const corpus = await indexed(t, testFolder(t, NOTES))
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('"', '"tea', 'coffee"', '-coffee', '-"', 'path:', 'type:x', 'in:"', 'after:', 'before:2'),
    fc.constantFrom('first"', 'AND', 'NEAR(', '*', ' ', '\n', "'", '--', '-tea', '“', '東京'),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 12 }),
      fc.array(part, { maxLength: 12 }),
      async (before, after) => {
        await corpus.search([...before, ...after].join(' '), 10)
        const paths = await corpus.paths([...before, 'steeping', ...after].join(' '))
        assert.ok(paths.length > 0)
      },
    ),
    { numRuns: 300 },
  )
})

test('a phrase is found however many documents say its words more often', async (t) => {
  const many = Array.from({ length: 2100 }, (_, number) => [
    `${number}.md`,
    'flush first flush, first flush of all',
  ])
  const rare = `${'Nothing of the kind. '.repeat(50)} The flush first seen.`
  const corpus = await indexed(t, testFolder(t, { ...Object.fromEntries(many), 'rare.md': rare }))
  assert.deepEqual(await corpus.paths('"flush first seen"'), ['rare.md'])
  assert.deepEqual(await corpus.paths('"the flush first" -coffee'), ['rare.md'])
})
