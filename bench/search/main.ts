/**
 * How good search is: the questions of test collections asked through `/mcp`, word for word, against SQLite's FTS5 in
 * the same run. Writes docs/search-quality.md when all collections are asked.
 * `CORPUSIQ_BENCH_CORPUS=<folder of collections> node bench/search/main.ts [collection …]`
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { openCorpus } from '../../src/corpus/open.ts'
import { serveTestApp } from '../../test/attacks/served-app.ts'
import { callMcp, obtainTokens, registerClient } from '../../test/support/scenario.ts'
import { type Collection, readCollection } from './collection.ts'
import { type Figures, figuresOf, signFlip } from './measures.ts'

const NAMES = ['cranfield', 'vaswani', 'cacm', 'cosqa', 'xquad', 'cmrc-zh', 'drcd-zht']
/** Files and questions. */
const SCALE = ['100000', '200']
const base = process.env.CORPUSIQ_BENCH_CORPUS
if (base === undefined) throw new Error('CORPUSIQ_BENCH_CORPUS names no folder of collections')
const asked = process.argv.slice(2)
const names = asked.length > 0 ? asked : [...NAMES, 'cranfield×10']

type Found = ReadonlyMap<string, readonly string[]>

const rows: string[] = []
for (const name of names) {
  const [folder = '', joined = '1'] = name.split('×')
  const collection = readCollection(base, folder, Number(joined))
  if (!collection) throw new Error(`no collection ${folder}`)
  const row = rowOf(collection, baseline(collection), await ours(collection))
  rows.push(row)
  console.log(row)
}
if (asked.length === 0)
  writeFileSync(new URL('../../docs/search-quality.md', import.meta.url), page(rows, atScale()))

/** SQLite FTS5 over the same files: the question's words in quotes, joined with OR. */
function baseline({ files, questions }: Collection): Found {
  const database = new DatabaseSync(':memory:')
  database.exec("create virtual table words using fts5 (file unindexed, body, tokenize='porter unicode61')")
  const insert = database.prepare('insert into words (file, body) values (?, ?)')
  database.exec('begin')
  for (const [file, text] of files) insert.run(file, text)
  database.exec('commit')
  const match = database.prepare('select file from words where words match ? order by rank limit 10')
  const found = new Map(
    questions.map(({ id, text }) => {
      const words = text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
      const expression = words.map((word) => `"${word}"`).join(' OR ')
      return [id, expression === '' ? [] : match.all(expression).map(({ file }) => String(file))]
    }),
  )
  database.close()
  return found
}

async function ours({ files, questions }: Collection): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'corpusiq-quality-'))
  try {
    const notes = join(folder, 'notes')
    mkdirSync(notes)
    for (const [file, text] of files) writeFileSync(join(notes, file), text)
    const { promise: indexed, resolve } = Promise.withResolvers<void>()
    const corpus = await openCorpus({
      folders: [notes],
      dataDir: join(folder, 'data'),
      emit: ({ type }) => type === 'corpus.indexed' && resolve(),
    })
    await indexed
    await using app = await serveTestApp({ corpus })
    const { access_token } = await obtainTokens(app, await registerClient(app))
    const found = new Map<string, readonly string[]>()
    for (const { id, text } of questions) {
      const response = await callMcp(app, access_token, 'tools/call', {
        name: 'search',
        arguments: { query: text },
      })
      const { result } = (await response.json()) as {
        result: { structuredContent: { results: { metadata: { path: string } }[] } }
      }
      found.set(
        id,
        result.structuredContent.results.map(({ metadata }) => metadata.path),
      )
    }
    await corpus.close()
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function rowOf({ name, questions, judgements }: Collection, before: Found, now: Found): string {
  const all = (found: Found) =>
    questions.map(({ id }) => figuresOf(found.get(id) ?? [], judgements.get(id) ?? new Map()))
  const [one, other] = [all(before), all(now)]
  const mean = (list: readonly Figures[], of: keyof Figures) =>
    (list.reduce((sum, figures) => sum + figures[of], 0) / list.length).toFixed(4)
  const nothing = (found: Found) =>
    `${((100 * questions.filter(({ id }) => (found.get(id)?.length ?? 0) === 0).length) / questions.length).toFixed(1)} %`
  const p = signFlip(other.map(({ ndcg }, index) => ndcg - (one[index]?.ndcg ?? 0)))
  const cells = [
    name,
    questions.length,
    mean(one, 'ndcg'),
    mean(other, 'ndcg'),
    p < 0.001 ? '< 0.001' : p.toFixed(3),
  ]
  const more = [mean(one, 'recall'), mean(other, 'recall'), mean(one, 'mrr'), mean(other, 'mrr')]
  return `| ${[...cells, ...more, nothing(before), nothing(now)].join(' | ')} |`
}

/** What `scale.ts` prints, which runs in a process of its own. */
function atScale(): string {
  const module = fileURLToPath(new URL('./scale.ts', import.meta.url))
  const { stdout, status } = spawnSync(process.execPath, [module, ...SCALE], {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  })
  if (status !== 0) throw new Error('the measurement at scale failed')
  return stdout.trim()
}

function page(rows: readonly string[], scale: string): string {
  return `# How good search is

Measured on ${new Date().toISOString().slice(0, 10)} with \`npm run bench:search\` (Node ${process.version}), all questions of each collection, word for
word, through \`/mcp\`. Beside each figure that of the baseline in the same run: SQLite FTS5, \`porter unicode61\`, the
question's words in quotes, joined with OR, ordered by rank. Means over all questions, one without results counting 0.
p: a sign-flip test of the differences in nDCG@10 (10,000 tries). The collections are no part of the project.

| | questions | nDCG@10 FTS5 | nDCG@10 | p | Recall@10 FTS5 | Recall@10 | MRR@10 FTS5 | MRR@10 | finds nothing, FTS5 | finds nothing |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

## At scale

Synthetic Markdown files (\`bench/search/synthetic.ts\`), read and searched by a process of its own, and by FTS5 alone,
without files' formats, limits, sources or passages. \`node bench/search/scale.ts ${SCALE.join(' ')}\`, in the same run:

    ${scale.replaceAll('\n', '\n    ')}
`
}
