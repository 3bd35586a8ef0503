import { fileURLToPath } from 'node:url'
import { type Command, Option } from 'commander'
import { type Configuration, configure, readEnvFile, type SettingFault, type Sources } from '../ops/config.ts'
import { OperatorFault } from '../ops/fault.ts'
import { flagName, SETTING_NAMES, SETTINGS, type Setting, type SettingName } from '../ops/setting-table.ts'
import type { Settings } from '../ops/settings.ts'

/** The project's own documentation: what is served where no folder is named. From src/cli and dist/cli alike. */
const SAMPLE_CORPUS = fileURLToPath(new URL('../../docs', import.meta.url))

const FLAGS = SETTING_NAMES.flatMap((name) => {
  const row: Setting<unknown> = SETTINGS[name]
  // The folders are arguments, secrets have no flag: every process of the machine can read a command line.
  if (row.secret || name === 'CORPUSIQ_CORPUS') return []
  const value = row.fallback === 'true' || row.fallback === 'false' ? '[yes]' : '<value>'
  const option = new Option(`--${flagName(name)} ${value}`, row.doc.replaceAll('`', ''))
  if (value === '[yes]') option.preset('true')
  return [{ name, option }]
})

/** Gives a command the flags of these settings; of all of them where none is named. */
export function addSettingFlags(command: Command, names?: readonly SettingName[]): Command {
  for (const { name, option } of FLAGS) if (!names || names.includes(name)) command.addOption(option)
  return command
}

/** The settings in force for a command, from its flags, the environment, the `.env` file and the defaults. */
export function readConfiguration(
  options: Readonly<Record<string, unknown>>,
  folders: readonly string[] = [],
): Configuration | OperatorFault | SettingFault {
  const flags: Record<string, string | readonly string[]> = {}
  for (const { name, option } of FLAGS) {
    const value = options[option.attributeName()]
    if (typeof value === 'string') flags[name] = value
  }
  if (folders.length > 0) flags.CORPUSIQ_CORPUS = folders
  const directory = process.cwd()
  let file: Sources['file']
  try {
    file = readEnvFile(directory)
  } catch (fault) {
    return new OperatorFault(
      `The file .env cannot be read: ${fault instanceof Error ? fault.message : fault}`,
    )
  }
  return configure({
    flags,
    environment: process.env,
    file,
    directory,
    typedIn: typedIn(process.env) ?? directory,
    terminal: process.stdout.isTTY === true,
    sampleCorpus: SAMPLE_CORPUS,
  })
}

/** The same, where nothing but the settings is asked for. */
export function readSettings(options: Readonly<Record<string, unknown>>): Settings | OperatorFault {
  const configuration = readConfiguration(options)
  return configuration instanceof OperatorFault ? configuration : configuration.settings
}

/** The environment with the `.env` file of the working directory behind it, for secrets that other files name. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...readEnvFile(process.cwd()), ...process.env }
}

/** `npm start -- ./my-notes`: npm runs the program in the project's root, wherever the person typed that. */
export function typedIn(environment: NodeJS.ProcessEnv): string | undefined {
  return npmScript(environment) === undefined ? undefined : environment.INIT_CWD
}

/** The script of a checkout by which npm runs the program: `npm start`, or `npm run corpusiq`. */
export function npmScript(environment: NodeJS.ProcessEnv): 'start' | 'corpusiq' | undefined {
  const { npm_package_name, npm_lifecycle_event: script } = environment
  if (npm_package_name !== 'corpusiq') return undefined
  return script === 'start' || script === 'corpusiq' ? script : undefined
}
