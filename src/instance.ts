/**
 * An instance of CorpusIQ on a data directory: everything that has to be opened, in its order, and closed again.
 * What serves it over HTTP, or inside another program, comes after.
 */
import { credentialsFault } from './accounts/password-rules.ts'
import { type App, createApp } from './app.ts'
import type { CorpusStatus } from './corpus/corpus.ts'
import { openCorpus } from './corpus/open.ts'
import { createIsSecret } from './ops/client-secret.ts'
import { systemClock } from './ops/clock.ts'
import { SettingFault } from './ops/config.ts'
import type { Emit } from './ops/events.ts'
import { OperatorFault, systemCode, worldFault } from './ops/fault.ts'
import { withJournal } from './ops/journal.ts'
import { systemRandom } from './ops/random.ts'
import { createSealing } from './ops/sealing.ts'
import { openServerSecret } from './ops/server-secret.ts'
import type { Settings } from './ops/settings.ts'
import {
  applyDeclaredClients,
  type DeclaredClient,
  readDeclaredClients,
} from './registration/declared-clients.ts'
import type { RegistrationRules } from './registration/policy.ts'
import { readRegistrationRules } from './registration/policy-file.ts'
import type { RegistrationPolicy } from './registration/registration-judge.ts'
import { lockDataDir } from './store/data-directory.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/ports.ts'
import { keepTidy } from './store/upkeep.ts'

export type Instance = App & {
  /** How far the index is. */
  corpusStatus(): Promise<CorpusStatus>
  /** Waits for what is under way in store and index, and lets go of the data directory. */
  close(): Promise<void>
}

/**
 * Opens the instance, with the owner of the settings where none exists yet. Indexing goes on in the background.
 * `environment` holds the secrets that the clients file names. A fault where another server holds the data directory, or something that the settings name can't be used.
 */
export async function openInstance(
  settings: Settings,
  emit: Emit,
  registrationPolicy?: RegistrationPolicy,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Instance | OperatorFault> {
  const { dataDir } = settings
  const wrong = ownerFault(settings)
  if (wrong !== undefined) return wrong
  const registrationRules = policyRules(settings)
  if (registrationRules instanceof OperatorFault) return registrationRules
  const declared = declaredClients(settings, environment)
  if (declared instanceof OperatorFault) return declared
  const lock = holdDataDir(dataDir)
  if (lock instanceof OperatorFault) return lock
  const opened: (() => Promise<void> | void)[] = [() => lock.release()]
  const close = async () => {
    for (const step of opened.splice(0).reverse()) await step()
  }
  try {
    const sealing = createSealing(await openServerSecret(dataDir))
    const store = await openStore({ dataDir, maxUnusedClients: settings.maxUnusedClients })
    opened.push(() => store.close())
    const now = systemClock
    const tell = withJournal(emit, store.journal, now)
    const declaring = await declareClients(declared, store, settings, tell)
    if (declaring !== undefined) {
      await close()
      return declaring
    }
    const corpus = await openCorpus({
      folders: settings.corpus,
      dataDir,
      emit,
      embeddings: settings.embeddings,
      webRefresh: settings.webRefresh,
      isSample: settings.corpusIsSample,
    })
    opened.push(() => corpus.close())
    const app = createApp({
      settings,
      store,
      corpus,
      sealing,
      now,
      random: systemRandom,
      emit: tell,
      registrationRules,
      registrationPolicy,
    })
    await app.prepare()
    await createOwner(app, store, settings)
    opened.push(keepTidy({ store, settings, now, emit }))
    return { ...app, corpusStatus: () => corpus.status(), close }
  } catch (fault) {
    await close()
    return worldFault(fault)
  }
}

function holdDataDir(dataDir: string): { release(): void } | OperatorFault {
  try {
    return (
      lockDataDir(dataDir) ??
      new OperatorFault(
        `Another CorpusIQ server uses the data directory ${dataDir}. Stop it, or take another one, e.g. --data-dir ./other`,
      )
    )
  } catch (fault) {
    const reason = systemCode(fault) ?? fault
    return new OperatorFault(
      `The data directory ${dataDir} cannot be written (${reason}). Take another one, e.g. --data-dir ./data`,
    )
  }
}

function ownerFault({ ownerUsername, ownerPassword }: Settings): SettingFault | undefined {
  if (ownerUsername === undefined || ownerPassword === undefined) return undefined
  const fault = credentialsFault(ownerUsername, ownerPassword)
  if (fault === undefined) return undefined
  const setting = fault.includes('username must') ? 'CORPUSIQ_OWNER_USERNAME' : 'CORPUSIQ_OWNER_PASSWORD'
  return new SettingFault(setting, fault.replace(/\.$/, ''))
}

function policyRules({ registrationPolicy: path }: Settings): RegistrationRules | SettingFault {
  if (path === undefined) return {}
  const rules = readRegistrationRules(path)
  return typeof rules === 'string' ? new SettingFault('CORPUSIQ_REGISTRATION_POLICY', rules) : rules
}

function declaredClients(
  { clientsFile: path, resourceUrl }: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): readonly DeclaredClient[] | SettingFault {
  if (path === undefined) return []
  const clients = readDeclaredClients(path, { origin: resourceUrl }, environment)
  return typeof clients === 'string' ? new SettingFault('CORPUSIQ_CLIENTS_FILE', clients) : clients
}

async function declareClients(
  declared: readonly DeclaredClient[],
  { clients }: Store,
  settings: Settings,
  emit: Emit,
): Promise<SettingFault | undefined> {
  const isSecret = createIsSecret()
  const fault = await applyDeclaredClients(declared, {
    clients,
    settings,
    isSecret,
    now: systemClock(),
    emit,
  })
  return fault === undefined ? undefined : new SettingFault('CORPUSIQ_CLIENTS_FILE', fault)
}

/** An existing owner stays as it is: a password changed since must not come back with the next start. */
async function createOwner(
  app: App,
  store: Store,
  { ownerUsername, ownerPassword }: Settings,
): Promise<void> {
  if (ownerUsername === undefined || ownerPassword === undefined) return
  if (!(await store.accounts.exists())) await app.createOwner(ownerUsername, ownerPassword)
}
