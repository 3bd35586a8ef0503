import { openAnswers } from '../../src/corpus/answering/answers.ts'
import { createExtraction } from '../../src/corpus/extracting/prepared-extraction.ts'
import { openCatalogue } from '../../src/corpus/index/catalogue.ts'
import { openDatabase, prepareDatabase } from '../../src/corpus/index/database.ts'
import { createIndexer } from '../../src/corpus/indexing/indexer.ts'
import type { Source } from '../../src/corpus/sources/source.ts'

/** An index of a folder in this very thread, which knows only what it is told to look at. */
export function openIndex(root: string, file: string, name = 'notes') {
  const source: Source = { name, kind: 'folder', root, excluded: [], added: false }
  const extracted: string[] = []
  let held: Promise<void> | undefined
  const extract = createExtraction()
  const begin = () => {
    prepareDatabase(file, [source])
    const database = openDatabase(file)
    const indexer = createIndexer({
      folder: source,
      catalogue: openCatalogue(database),
      watch: { cover: () => {}, keepOnly: () => {} },
      async extract(path, bytes) {
        extracted.push(path)
        const before = held
        held = undefined
        await before
        return extract(path, bytes)
      },
      report: () => {},
      limit: 100_000,
      stopped: () => false,
      wake: () => {},
    })
    return { database, indexer, answers: openAnswers(database) }
  }
  let { database, indexer, answers } = begin()
  return {
    /** Files whose text was drawn, in order. */
    extracted,
    look: (...paths: string[]) => indexer.reconcile(new Set(paths.length > 0 ? paths : [''])),
    /** Looks, and reads nothing yet. */
    survey: () => indexer.survey(new Set([''])),
    /** Reads what was found, and takes the first file's text only when the returned function is called. */
    readSlowly(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      indexer.advance()
      return resolve
    },
    restart() {
      database.close()
      ;({ database, indexer, answers } = begin())
    },
    /** Of each path the document's id and number. */
    ids: () =>
      Object.fromEntries(
        database
          .prepare('select path, id, number from document order by path')
          .all()
          .map(({ path, id, number }) => [String(path), `${id} ${number}`]),
      ),
    documents: () =>
      answers
        .list('', 2000)
        .map(({ id, ...rest }) => ({ ...rest, id, text: answers.fetch(id)?.text }))
        .toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    found: (word: string) =>
      answers
        .search(word, 50)
        .map(({ path, text }) => `${path}: ${text}`)
        .toSorted(),
    run: (sql: string) => database.exec(sql),
    close: () => database.close(),
  }
}
