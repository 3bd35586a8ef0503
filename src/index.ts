/** The library: CorpusIQ inside another program. */
import { openInstance } from './instance.ts'
import { configure, unknownNames } from './ops/config.ts'
import type { Emit, Event } from './ops/events.ts'
import { OperatorFault } from './ops/fault.ts'
import { createLog } from './ops/log.ts'
import type { SettingName } from './ops/setting-table.ts'
import type { RegistrationPolicy, RegistrationRefusal } from './registration/registration-judge.ts'

export type { Event, RegistrationPolicy, RegistrationRefusal, SettingName }

export type CorpusIQOptions = {
  /** Settings by their names. The process's environment and a `.env` file are not read. */
  readonly settings: { readonly [N in SettingName]?: string } & { readonly CORPUSIQ_CORPUS: string }
  /** Where events go; default: the log, on standard output. */
  readonly emit?: Emit
  /**
   * Decides about each registration and each update of one (RFC 7591, RFC 7592), after the rules of the settings:
   * undefined lets it in, anything else is what the client is refused with. It sees the registration that would result,
   * complete with its defaults.
   */
  readonly registrationPolicy?: RegistrationPolicy
  /** What `client_secret_env` in the clients file refers to. The process's environment is not read. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export type CorpusIQ = {
  /**
   * The whole server as one function. `peer.address` is the connection's other end; `host` and `target` are the Host
   * header and the request target as sent, where the caller knows them. Never rejects.
   */
  fetch(
    request: Request,
    peer: { readonly address: string; readonly host?: string; readonly target?: string },
  ): Response | Promise<Response>
  /** The link by which the owner's password is set, made anew by each call; undefined where an owner exists. */
  setupLink(): Promise<string | undefined>
  /** Waits for what is under way, and lets go of the data directory. */
  close(): Promise<void>
}

/** Opens CorpusIQ on its data directory. Rejects where a setting is wrong, or another server holds the directory. */
export async function createCorpusIQ(options: CorpusIQOptions): Promise<CorpusIQ> {
  refuseStrangeSettings(options.settings)
  const configuration = configure({
    flags: {},
    environment: options.settings,
    file: {},
    directory: process.cwd(),
    terminal: false,
    sampleCorpus: options.settings.CORPUSIQ_CORPUS,
  })
  if (configuration instanceof OperatorFault) throw new Error(configuration.line)
  const { settings } = configuration
  const instance = await openInstance(
    settings,
    options.emit ?? createLog(settings).emit,
    options.registrationPolicy,
    options.environment,
  )
  if (instance instanceof OperatorFault) throw new Error(instance.line)
  return { fetch: instance.fetch, setupLink: instance.setupLink, close: instance.close }
}

/** What the types refuse already, for those who call without them: every setting given here is meant. */
function refuseStrangeSettings(settings: Readonly<Record<string, unknown>>): void {
  const [unknown] = unknownNames(settings)
  if (unknown !== undefined) throw new Error(unknown)
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined && typeof value !== 'string') throw new TypeError(`${name} has to be a string`)
  }
  if (!settings.CORPUSIQ_CORPUS) throw new Error('CORPUSIQ_CORPUS is missing: name the folder to serve')
}
