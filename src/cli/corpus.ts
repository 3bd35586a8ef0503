import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CorpusProblem } from '../corpus/corpus.ts'
import { INDEX } from '../corpus/index/database.ts'
import { openIndexView } from '../corpus/index/view.ts'
import { placeOf, type Source } from '../corpus/sources/source.ts'
import {
  type AddedSource,
  readAddedSources,
  whileOthersWait,
  writeAddedSources,
} from '../corpus/sources/source-file.ts'
import {
  isUrl,
  locate,
  parseSpec,
  resolveSources,
  specsOf,
  webSources,
  withAdded,
} from '../corpus/sources/source-list.ts'
import { isSourceName, nameSources } from '../corpus/sources/source-name.ts'
import { pageProblems } from '../corpus/sources/web/page-table.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import type { Settings } from '../ops/settings.ts'
import { show, table } from './output.ts'
import { readSettings, typedIn } from './settings-flags.ts'

export type CorpusOptions = { readonly dataDir?: string; readonly json?: boolean }

/** What is served, as far as it can be told from outside: what the index has, and what was added or removed since. */
export function servedSources(settings: Settings): Source[] {
  const { dataDir } = settings
  if (!existsSync(dataDir)) return resolveSources(specsOf(settings.corpus), [], resolve(dataDir))
  const real = realpathSync(dataDir)
  const added = readAddedSources(real)
  const view = openIndexView(join(real, INDEX))
  try {
    const indexed = view?.sources()
    // Without an index nothing was served yet: what the settings say is what will be.
    const named = indexed
      ? indexed.filter((source) => !source.added)
      : settings.corpusIsSample && added.length > 0
        ? []
        : resolveSources(specsOf(settings.corpus), added, real)
    return withAdded(named, added, real)
  } finally {
    view?.close()
  }
}

/** `corpusiq corpus list`: what is served, and how much of it is indexed. */
export async function listSources(options: CorpusOptions): Promise<OperatorFault | undefined> {
  const settings = readSettings(options)
  if (settings instanceof OperatorFault) return settings
  const view = openIndexView(join(settings.dataDir, INDEX))
  try {
    const counts = view?.counts()
    const served = servedSources(settings)
    const pages = pageProblems(webSources(served))
    const rows = served.map((source) => ({
      name: source.name,
      kind: source.kind,
      place: placeOf(source),
      from: source.added ? 'corpusiq corpus add' : 'settings',
      documents: counts?.get(source.name)?.documents ?? 0,
      problems: (counts?.get(source.name)?.problems ?? 0) + countOf(pages, source),
    }))
    show(options.json, rows, () =>
      table(
        ['NAME', 'KIND', 'DOCUMENTS', 'PROBLEMS', 'FROM', 'PLACE'],
        rows.map(({ name, kind, documents, problems, from, place }) => [
          ...[name, kind, String(documents), String(problems), from, place],
        ]),
      ),
    )
    return undefined
  } finally {
    view?.close()
  }
}

/** Of the problems, those of the source. */
export function countOf(problems: readonly CorpusProblem[], { name }: Source): number {
  return problems.filter(({ collection }) => collection === name).length
}

/** `corpusiq corpus add <path|url> [--name]`: served from now on, by a running server within two seconds. */
export async function addSource(
  place: string,
  options: CorpusOptions & { readonly name?: string },
): Promise<OperatorFault | undefined> {
  const settings = readSettings(options)
  if (settings instanceof OperatorFault) return settings
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 })
  const dataDir = realpathSync(settings.dataDir)
  if (isUrl(place) && !/^https:/i.test(place)) {
    return new OperatorFault(
      `${safeText(place)} is not https. Example: corpusiq corpus add https://example.com/sitemap.xml`,
    )
  }
  if (options.name !== undefined && !isSourceName(options.name)) {
    return new OperatorFault(
      `--name: ${safeText(options.name)} is no name for a source: up to 40 letters, digits and -._, the first a letter or digit. Example: --name notes`,
    )
  }
  const base = typedIn(process.env) ?? process.cwd()
  const spec = parseSpec(place, base)
  if (spec?.name !== undefined && !existsSync(resolve(base, place))) {
    return new OperatorFault(
      `A name is given by --name. Example: corpusiq corpus add ${safeText(place.slice(spec.name.length + 1))} --name ${spec.name}`,
    )
  }
  const located = locate(isUrl(place) ? place : resolve(base, place), dataDir)
  const source = whileOthersWait(dataDir, () => {
    const named = nameAmong(servedSources(settings), located.place, options.name)
    if (!(named instanceof OperatorFault)) writeAddedSources(dataDir, [...readAddedSources(dataDir), named])
    return named
  })
  if (source instanceof OperatorFault) return source
  show(options.json, { ...source, kind: located.kind, added: true }, () =>
    [
      `Added ${source.name}: ${safeText(source.place)}.`,
      'A running server serves it within two seconds, any other from its next start.',
    ].join(' '),
  )
  return undefined
}

/** The source as it joins the others: under the name that was wished for, or one that is free. */
function nameAmong(
  served: readonly Source[],
  place: string,
  wish: string | undefined,
): AddedSource | OperatorFault {
  const twin = served.find((source) => placeOf(source) === place)
  if (twin) return new OperatorFault(`${safeText(place)} is served already, as ${twin.name}.`)
  const names = served.map(({ name }) => name)
  if (wish !== undefined && names.includes(wish)) {
    return new OperatorFault(`There is a source ${wish} already. Take another name, e.g. --name ${wish}-2`)
  }
  const [named] = nameSources([{ name: wish, place }], names)
  return { name: named?.name ?? 'corpus', place }
}

/** `corpusiq corpus remove <name>`: served no longer; its files stay where they are. */
export async function removeSource(name: string, options: CorpusOptions): Promise<OperatorFault | undefined> {
  const settings = readSettings(options)
  if (settings instanceof OperatorFault) return settings
  const source = existsSync(settings.dataDir)
    ? whileOthersWait(settings.dataDir, () => takeOut(name, realpathSync(settings.dataDir)))
    : undefined
  if (!source) {
    return servedSources(settings).some((source) => source.name === name)
      ? new OperatorFault(
          `${safeText(name)} is named by CORPUSIQ_CORPUS or as an argument of corpusiq serve: take it out there, and start the server again.`,
        )
      : new OperatorFault(`There is no source ${safeText(name)}. See: corpusiq corpus list`)
  }
  const isWeb = isUrl(source.place)
  show(options.json, { name, removed: true }, () =>
    [
      `Removed ${name}: nothing of it is found any more within two seconds, or from the next start.`,
      isWeb ? 'What was fetched is removed.' : 'Its files stay as they are.',
    ].join(' '),
  )
  return undefined
}

/** The source that was added under the name, which is no longer; undefined where there is none. */
function takeOut(name: string, dataDir: string): AddedSource | undefined {
  const added = readAddedSources(dataDir)
  const source = added.find((one) => one.name === name)
  if (!source) return undefined
  writeAddedSources(
    dataDir,
    added.filter((one) => one !== source),
  )
  // What was fetched is ours; a running server that fetches meanwhile takes away what it adds.
  if (isUrl(source.place)) rmSync(join(dataDir, 'web', name), { recursive: true, force: true })
  return source
}
