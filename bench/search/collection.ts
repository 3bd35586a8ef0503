import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** A test collection as files: what each holds by its name, the questions, and of each the files that answer it. */
export type Collection = {
  readonly name: string
  readonly files: ReadonlyMap<string, string>
  readonly questions: readonly { readonly id: string; readonly text: string }[]
  readonly judgements: ReadonlyMap<string, ReadonlyMap<string, number>>
}

type Row = { readonly id: string; readonly title: string; readonly text: string }

/** Reads `docs.jsonl.gz`, `queries.jsonl.gz` and `qrels.tsv.gz` of a folder. `joined`: so many documents to a file. */
export function readCollection(base: string, name: string, joined = 1): Collection | undefined {
  const folder = join(base, name)
  if (!existsSync(folder)) return undefined
  const lines = (file: string) =>
    gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .split('\n')
      .filter(Boolean)
  const documents = lines('docs.jsonl.gz').map((line) => JSON.parse(line) as Row)
  const count = Math.ceil(documents.length / joined)
  const files = new Map<string, string>()
  const fileOf = new Map<string, string>()
  for (const [index, { id, title, text }] of documents.entries()) {
    // Neighbours are of the same matter often: those of a file come from all over.
    const file = joined === 1 ? `${id}.md` : `joined-${index % count}.md`
    const part = title === '' ? `${text}\n` : `# ${title}\n\n${text}\n`
    const before = files.get(file)
    files.set(file, before === undefined ? part : `${before}\n${part}`)
    fileOf.set(id, file)
  }
  const judgements = new Map<string, Map<string, number>>()
  for (const line of lines('qrels.tsv.gz')) {
    const [question = '', document = '', grade] = line.split('\t')
    const file = fileOf.get(document) ?? `${document}.md`
    const grades = judgements.get(question) ?? new Map<string, number>()
    grades.set(file, Math.max(grades.get(file) ?? 0, Number(grade)))
    judgements.set(question, grades)
  }
  const questions = lines('queries.jsonl.gz')
    .map((line) => JSON.parse(line) as { id: string; text: string })
    .filter(({ id }) => judgements.has(id))
  const label = joined === 1 ? name : `${joined} abstracts joined into one file (${name})`
  return { name: label, files, questions, judgements }
}
