import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { INDEX } from '../corpus/index/database.ts'
import { openIndexView } from '../corpus/index/view.ts'
import { type Comparison, compareSource } from '../corpus/indexing/comparison.ts'
import { lastBeat, lastLate } from '../corpus/indexing/heartbeat.ts'
import { webSources } from '../corpus/sources/source-list.ts'
import { pageProblems } from '../corpus/sources/web/page-table.ts'
import { systemClock } from '../ops/clock.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { type CorpusOptions, countOf, servedSources } from './corpus.ts'
import { moment, show, table } from './output.ts'
import { readSettings } from './settings-flags.ts'

/** Seconds: a server that lives says so every five. */
const LIVES = 15

/** `corpusiq corpus status`: what is on disk against what is in the index, beside a running server or without one. */
export async function showCorpusStatus(options: CorpusOptions): Promise<OperatorFault | undefined> {
  const settings = readSettings(options)
  if (settings instanceof OperatorFault) return settings
  const view = openIndexView(join(settings.dataDir, INDEX))
  try {
    const alive_at = existsSync(settings.dataDir) ? lastBeat(settings.dataDir) : undefined
    const running = alive_at !== undefined && systemClock() - alive_at <= LIVES
    const late = running ? lastLate(settings.dataDir) : {}
    const served = servedSources(settings)
    const pages = pageProblems(webSources(served))
    const sources = served.map((source) => ({
      name: source.name,
      kind: source.kind,
      ...withPages(compareSource(source, view), countOf(pages, source)),
      scanned_at: view?.scannedAt(source.name),
      late: late[source.name],
    }))
    show(options.json, { running, alive_at, sources }, () =>
      [
        table(
          ['SOURCE', 'ON DISK', 'UP TO DATE', 'STALE', 'MISSING', 'GONE', 'PROBLEMS', 'LAST SCAN (UTC)'],
          sources.map((source) => [
            source.name,
            ...[source.on_disk, source.up_to_date, source.stale, source.missing, source.gone].map(String),
            String(source.problems),
            moment(source.scanned_at),
          ]),
        ),
        '',
        ...sources.flatMap((source) =>
          source.late === undefined ? [] : [`${source.name}: ${safeText(source.late)}`],
        ),
        running
          ? `A server is running; its indexing gave its last sign of life ${systemClock() - alive_at} s ago.`
          : `No server is running${alive_at === undefined ? '' : `; the last sign of life was at ${moment(alive_at)} UTC`}.`,
      ].join('\n'),
    )
    return undefined
  } finally {
    view?.close()
  }
}

function withPages({ problems, ...files }: Comparison, pages: number): Comparison {
  return { ...files, problems: problems + pages }
}

/** `corpusiq corpus problems`: what could not be read, and why. */
export async function listProblems(options: CorpusOptions): Promise<OperatorFault | undefined> {
  const settings = readSettings(options)
  if (settings instanceof OperatorFault) return settings
  const view = openIndexView(join(settings.dataDir, INDEX))
  const files = view?.problems()
  view?.close()
  const pages = pageProblems(webSources(servedSources(settings)))
  const rows = [...(files ?? []), ...pages].map(({ collection: source, path, reason }) => ({
    source,
    path,
    reason,
  }))
  show(options.json, rows, () =>
    rows.length === 0
      ? files
        ? 'Every file of a format that is read could be read.'
        : 'Nothing has been read yet: the next start of corpusiq serve reads everything.'
      : table(
          ['SOURCE', 'PATH', 'REASON'],
          rows.map(({ source, path, reason }) => [source, path, reason]),
        ),
  )
  return undefined
}

/** `corpusiq corpus reindex [name]`: reads every file again, of one source or of all. Meanwhile all of it is found. */
export async function reindex(
  name: string | undefined,
  options: CorpusOptions,
): Promise<OperatorFault | undefined> {
  const settings = readSettings(options)
  if (settings instanceof OperatorFault) return settings
  const { dataDir } = settings
  const view = openIndexView(join(dataDir, INDEX), { toAsk: true })
  if (!view) {
    return new OperatorFault(
      `There is no index in ${dataDir} yet: the next start of corpusiq serve reads everything. If you mean another data directory, name it, e.g. --data-dir ./.corpusiq`,
    )
  }
  try {
    const names = view.sources().map((source) => source.name)
    if (name !== undefined && !names.includes(name)) {
      return new OperatorFault(`There is no source ${safeText(name)}. See: corpusiq corpus list`)
    }
    const asked = name === undefined ? names : [name]
    for (const each of asked) view.requestReindex(each)
    show(
      options.json,
      { reindex: asked },
      () =>
        `Asked for ${asked.join(', ')}: a running server reads every file of ${asked.length === 1 ? 'it' : 'them'} again at once, any other at its next start.`,
    )
    return undefined
  } finally {
    view.close()
  }
}
