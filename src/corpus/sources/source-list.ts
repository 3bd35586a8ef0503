import { opendirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { codeOf } from './folder.ts'
import { isPathLeftOut } from './left-out.ts'
import { placeOf, type Source } from './source.ts'
import { type AddedSource, readAddedSources } from './source-file.ts'
import { isSourceName, nameSources } from './source-name.ts'
import type { WebSource } from './web/refresh.ts'

/** A source as people write it: `notes=./my-notes`, `./papers`, `https://example.com/sitemap.xml`. */
export type SourceSpec = {
  readonly name?: string | undefined
  /** An absolute path, or an https URL. */
  readonly place: string
}

/** Reads a spec; relative paths start at `base`. Undefined where a name is given that is none. */
export function parseSpec(text: string, base: string): SourceSpec | undefined {
  const [, name, named] = /^([^=/\\]*)=(.*)$/s.exec(text) ?? []
  const place = named ?? text
  if (name !== undefined && (!isSourceName(name) || place === '')) return undefined
  return { ...(name !== undefined && { name }), place: isUrl(place) ? place : resolve(base, place) }
}

/** The specs of absolute paths and URLs. Throws an Error of one sentence where a name is none. */
export function specsOf(texts: readonly string[]): SourceSpec[] {
  return texts.map((text) => {
    const spec = parseSpec(text, '/')
    if (!spec)
      throw new Error(
        `${text} gives a source a name of other signs than letters, digits and -._ Example: notes=./my-notes`,
      )
    return spec
  })
}

/** Those whose pages are to be mirrored. */
export function webSources(sources: readonly Source[]): WebSource[] {
  return sources.flatMap(({ kind, name, url, root }) => (kind === 'web' && url ? [{ name, url, root }] : []))
}

export function isUrl(place: string): boolean {
  return /^https?:\/\//i.test(place)
}

/**
 * The sources of the settings, each with a name of its own (none that an added one has), each place once. Throws an
 * Error of one sentence where one cannot be served. `dataDir` is a real path.
 */
export function resolveSources(
  specs: readonly SourceSpec[],
  added: readonly AddedSource[],
  dataDir: string,
): Source[] {
  const located = specs.map(({ name, place }) => ({ name, located: locate(place, dataDir) }))
  const once = located.filter(
    ({ located: { place } }, index) => located.findIndex((other) => other.located.place === place) === index,
  )
  const taken = added.map(({ name }) => name)
  const sources = nameSources(
    once.map(({ name, located: { place, ...rest } }) => ({ name, place, rest })),
    taken,
  ).map(({ name, rest }) => sourceOf(name, rest, false, dataDir))
  const names = [...sources.map(({ name }) => name), ...taken]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`Two sources are called ${twice}: give one of them another name.`)
  return sources
}

/** The settings' sources, and those that were added since, unless the settings have their name or their place. */
export function withAdded(
  sources: readonly Source[],
  added: readonly AddedSource[],
  dataDir: string,
): Source[] {
  const all = [...sources]
  for (const { name, place } of added) {
    const { place: _, ...located } = locateIfThere(place, dataDir)
    const source = sourceOf(name, located, true, dataDir)
    if (!all.some((other) => other.name === name || placeOf(other) === placeOf(source))) all.push(source)
  }
  return all
}

/** What a server was told to serve when it started. */
export type ServedSources = {
  /** A real path. */
  readonly dataDir: string
  readonly named: readonly Source[]
  /** The person named nothing: `named` is a sample, which anything that was added takes the place of. */
  readonly isSample: boolean
}

/** What is served now. Throws an Error of one sentence where the file of added sources is broken. */
export function currentSources({ dataDir, named, isSample }: ServedSources): Source[] {
  const added = readAddedSources(dataDir)
  return withAdded(isSample && added.length > 0 ? [] : named, added, dataDir)
}

function sourceOf(name: string, located: Omit<Located, 'place'>, added: boolean, dataDir: string): Source {
  const { kind } = located
  // What we have fetched ourselves lies in the data directory; nothing else of it is ever looked at.
  const own = kind === 'web' ? { root: join(dataDir, 'web', name), excluded: [] } : { excluded: [dataDir] }
  return { ...located, name, added, ...own }
}

type Located = Pick<Source, 'kind' | 'root' | 'only' | 'url'> & {
  /** What two sources must not have in common. */
  readonly place: string
}

/** What stands at a place; throws an Error of one sentence where nothing does that can be served. */
export function locate(place: string, dataDir: string): Located {
  if (isUrl(place)) {
    if (!/^https:/i.test(place))
      throw new Error(`The source ${place} is not https: pages are fetched by https alone.`)
    const url = URL.canParse(place) ? new URL(place) : undefined
    if (!url) throw new Error(`The source ${place} is no URL. Example: https://example.com/sitemap.xml`)
    // What is secret in it is not said again.
    if (url.username !== '' || url.password !== '') {
      throw new Error(
        `The source at ${url.host} has a user name or password in its URL: pages are read as a guest, so leave that out.`,
      )
    }
    return { kind: 'web', root: '', url: place, place }
  }
  try {
    const real = realpathSync(place)
    if (isWithin(real, dataDir)) {
      throw new Error(`The folder ${real} is the data directory itself: choose another folder to serve.`)
    }
    const stats = statSync(real)
    if (stats.isFile()) {
      if (isPathLeftOut(basename(real))) {
        throw new Error(`The file ${real} is hidden or holds keys by its name: it is never served.`)
      }
      return { kind: 'file', root: dirname(real), only: basename(real), place: real }
    }
    if (!stats.isDirectory()) throw new Error(`${real} is neither a folder nor a file: name one.`)
    opendirSync(real).closeSync()
    return { kind: 'folder', root: real, place: real }
  } catch (fault) {
    const code = codeOf(fault)
    if (code === 'ENOENT') throw new Error(`The folder ${place} does not exist: name one that does.`)
    if (code === 'EACCES' || code === 'EPERM') {
      throw new Error(`The folder ${place} cannot be read: give this user the right to read it.`)
    }
    throw fault
  }
}

function locateIfThere(place: string, dataDir: string): Located {
  try {
    return locate(place, dataDir)
  } catch {
    // A drive that is not mounted now: nothing is found there until it is.
    return { kind: 'folder', root: place, place }
  }
}

function isWithin(path: string, folder: string): boolean {
  const between = relative(folder, path)
  return between === '' || !(between === '..' || between.startsWith(`..${sep}`) || isAbsolute(between))
}
