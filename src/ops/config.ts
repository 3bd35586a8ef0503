import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { completeSettings, isSafeUrl, RuleFault } from './complete-settings.ts'
import { OperatorFault, systemCode } from './fault.ts'
import {
  flagName,
  SETTING_NAMES,
  SETTINGS,
  type Setting,
  type SettingName,
  sourcePlace,
  type Values,
} from './setting-table.ts'
import { quoted, ValueFault } from './setting-values.ts'
import type { Settings } from './settings.ts'

export type Source = 'flag' | 'environment' | '.env' | 'default'

/** Where settings come from, the strongest first. */
export type Sources = {
  /** As typed; a list is the folders named as arguments. */
  readonly flags: { readonly [N in SettingName]?: string | readonly string[] }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The text of the `.env` file; see `readEnvFile`. */
  readonly file: Readonly<Record<string, string | undefined>>
  /** The working directory, where relative paths of environment and file start. */
  readonly directory: string
  /** Where relative paths of the command line start, if that is another directory. */
  readonly typedIn?: string
  /** Whether standard output is a terminal. */
  readonly terminal: boolean
  /** The folder served where none is named. */
  readonly sampleCorpus: string
}

/** One line that names the setting, its fault and an example: what a wrong value is answered with. */
export class SettingFault extends OperatorFault {
  readonly setting: string
  constructor(name: SettingName, reason: string, source?: Source) {
    const row: Setting<unknown> = SETTINGS[name]
    const flag = name === 'CORPUSIQ_CORPUS' ? 'an argument' : `--${flagName(name)}`
    const where = source === 'flag' ? ` (${flag})` : source === '.env' ? ' (in .env)' : ''
    super(`${name}${where}: ${reason}. Example: ${name}=${row.example}`)
    this.setting = name
  }
}

export type EffectiveSetting = {
  readonly name: SettingName
  /** For people; a secret is masked. */
  readonly value: string
  readonly source: Source
}

export type Configuration = {
  readonly settings: Settings
  readonly effective: readonly EffectiveSetting[]
  /** One line each. */
  readonly warnings: readonly string[]
}

/** The `.env` file of a directory as names and values; empty where there is none. */
export function readEnvFile(directory: string): Record<string, string | undefined> {
  try {
    // Editors on Windows put a byte order mark first; it would become part of the first name.
    return parseEnv(readFileSync(join(directory, '.env'), 'utf8').replace(/^\uFEFF/, ''))
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return {}
    throw fault
  }
}

/** All settings from all sources, complete and frozen; the first wrong value as a `SettingFault`. */
export function configure(sources: Sources): Configuration | SettingFault {
  const given = new Map<SettingName, { text: string; source: Source }>()
  const values: Record<string, unknown> = {}
  for (const name of SETTING_NAMES) {
    const value = readSetting(name, sources)
    if (value instanceof SettingFault) return value
    values[name] = value.parsed
    if (value.text !== undefined) given.set(name, { text: value.text, source: value.source })
  }
  const settings = completeSettings(values as Values, {
    corpus: sources.sampleCorpus,
    logFormat: sources.terminal ? 'pretty' : 'json',
  })
  if (settings instanceof RuleFault) {
    return new SettingFault(settings.setting, settings.reason, given.get(settings.setting)?.source)
  }
  const warnings = [...unknownNames(sources.environment), ...unknownNames(sources.file)]
  if (!isSafeUrl(settings.resourceUrl)) {
    warnings.push(
      `CORPUSIQ_UNSAFE_ALLOW_HTTP: passwords and tokens cross the network in the clear at ${settings.resourceUrl}`,
    )
  }
  const effective = SETTING_NAMES.map((name) => ({
    name,
    value: shown(name, given.get(name)?.text, settings),
    source: given.get(name)?.source ?? 'default',
  }))
  return { settings, effective, warnings }
}

type Read = { text: string | undefined; source: Source; parsed: unknown }

function readSetting(name: SettingName, sources: Sources): Read | SettingFault {
  const row: Setting<unknown> = SETTINGS[name]
  const flag = sources.flags[name]
  if (Array.isArray(flag)) {
    const base = sources.typedIn ?? sources.directory
    // Folders named one by one: their names may hold commas.
    // An empty one is a shell variable without a value: it must not mean the working directory.
    if (flag.some((folder) => folder.trim() === '')) {
      return new SettingFault(name, 'a folder is named by an empty argument', 'flag')
    }
    const folders = flag.map((folder) => sourcePlace(folder, base))
    if (folders.length > 0) return { text: folders.join(','), source: 'flag', parsed: folders }
  }
  const candidates: [Source, string | undefined][] = [
    ['flag', typeof flag === 'string' ? flag : undefined],
    ['environment', sources.environment[name]],
    ['.env', sources.file[name]],
    ['default', row.fallback],
  ]
  for (const [source, raw] of candidates) {
    const text = row.secret ? raw : raw?.trim()
    // An empty variable is how shells and Compose files say "not set".
    if (text === undefined || text === '') continue
    const base = source === 'flag' ? (sources.typedIn ?? sources.directory) : sources.directory
    const parsed = row.parse(text, base)
    if (parsed instanceof ValueFault) return new SettingFault(name, parsed.reason, source)
    return { text: source === 'default' ? undefined : text, source, parsed }
  }
  return { text: undefined, source: 'default', parsed: undefined }
}

function shown(name: SettingName, text: string | undefined, settings: Settings): string {
  const row: Setting<unknown> = SETTINGS[name]
  if (row.secret) return text === undefined ? '' : '********'
  const derived: { readonly [N in SettingName]?: string } = {
    CORPUSIQ_OAUTH_RESOURCE_URL: settings.resourceUrl,
    CORPUSIQ_OAUTH_ISSUER: settings.issuer,
    CORPUSIQ_OAUTH_REGISTRATION_ENDPOINT: settings.registrationEndpoint,
    CORPUSIQ_OAUTH_AUTHORIZATION_ENDPOINT: settings.authorizationEndpoint,
    CORPUSIQ_OAUTH_TOKEN_ENDPOINT: settings.tokenEndpoint,
    CORPUSIQ_OAUTH_JWKS_URI: settings.jwksUri,
    CORPUSIQ_DATA_DIR: settings.dataDir,
    CORPUSIQ_CORPUS: settings.corpus.join(','),
    CORPUSIQ_LOG_FORMAT: settings.logFormat,
  }
  return derived[name] ?? text ?? row.fallback ?? ''
}

/** A line for each name that looks like a setting and is none. */
export function unknownNames(variables: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(variables)
    .filter(
      (name) => name.startsWith('CORPUSIQ_') && !name.startsWith('CORPUSIQ_TEST_') && !(name in SETTINGS),
    )
    .map((name) => `${quoted(name)} is not a setting; did you mean ${nearest(name)}?`)
}

function nearest(name: string): SettingName {
  const distances = SETTING_NAMES.map((known) => ({
    known,
    distance: editDistance(name.slice(0, 100), known),
  }))
  distances.sort((a, b) => a.distance - b.distance)
  return distances[0]?.known ?? 'CORPUSIQ_CORPUS'
}

/** Levenshtein's distance: how many signs have to be put in, taken out or changed. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
