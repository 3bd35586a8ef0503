import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extractNotebook } from './notebook.ts'

const read = (notebook: unknown) => extractNotebook(JSON.stringify(notebook))
const code = (source: unknown, ...outputs: unknown[]) => ({ cell_type: 'code', source, outputs })

test('text as it stands, code and what it printed in fences, in their order', () => {
  const { title, text } = read({
    cells: [
      { cell_type: 'markdown', source: ['# Tides\n', 'High water.'] },
      code(
        ['x = 1\n', 'print(x)\n'],
        { output_type: 'stream', text: ['1\n'] },
        { data: { 'text/plain': '<Figure>', 'image/png': 'iVBOR' } },
      ),
      { cell_type: 'raw', source: 'raw' },
      code(''),
    ],
  })
  assert.equal(title, 'Tides')
  assert.equal(
    text,
    '# Tides\nHigh water.\n\n```\nx = 1\nprint(x)\n```\n\n```\n1\n```\n\n```\n<Figure>\n```\n\nraw',
  )
})

test('of an output the first two thousand characters', () => {
  const { text } = read({ cells: [code('x', { text: 'y'.repeat(5000) })] })
  assert.equal(text.match(/y/g)?.length, 2000)
})

test('the format before has its cells in worksheets, its code in input', () => {
  const { text } = read({
    worksheets: [
      { cells: [{ cell_type: 'code', input: ['x'], outputs: [] }] },
      { cells: [{ cell_type: 'markdown', source: 'two' }] },
    ],
  })
  assert.equal(text, '```\nx\n```\n\ntwo')
})

test('parts of other kinds than expected are passed over, what is no notebook is refused', () => {
  assert.equal(read({ cells: [null, 5, 'x', { source: 7 }, { source: ['a', 1, 'b'] }] }).text, 'ab')
  for (const source of ['{}', '[]', 'null', '{"cells":[]}', '{"cells":', '']) {
    assert.throws(() => extractNotebook(source), /no notebook/)
  }
})
