import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/app.ts'
import type { Corpus } from '../../src/corpus/corpus.ts'
import { configure, SettingFault } from '../../src/ops/config.ts'
import type { Event } from '../../src/ops/events.ts'
import { withJournal } from '../../src/ops/journal.ts'
import { systemRandom } from '../../src/ops/random.ts'
import { createSealing, type Sealing } from '../../src/ops/sealing.ts'
import type { Settings } from '../../src/ops/settings.ts'
import type { RegistrationRules } from '../../src/registration/policy.ts'
import type { RegistrationPolicy } from '../../src/registration/registration-judge.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/ports.ts'
import { createMemoryCorpus } from './memory-corpus.ts'
import { setUpOwner } from './scenario.ts'
import type { Site } from './site.ts'

/** The whole app in this process, over the real store, with a clock of its own. */
export type TestApp = Site & {
  readonly settings: Settings
  readonly store: Store
  readonly app: App
  /** Everything that happened, in order. */
  readonly events: Event[]
  /** The time in whole seconds, and its hand. */
  readonly now: () => number
  advance(seconds: number): void
  /** The request as from that peer; `fetch` comes from 127.0.0.1. */
  fetchFrom(address: string, request: Request): Promise<Response>
  [Symbol.asyncDispose](): Promise<void>
}

export type TestAppOptions = {
  /** Settings by their CORPUSIQ_* names. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether the owner exists, as `OWNER`. Default true. */
  readonly owner?: boolean
  readonly corpus?: Corpus
  /** As the policy file says it. */
  readonly registrationRules?: RegistrationRules
  readonly registrationPolicy?: RegistrationPolicy
  /** The server's secret, for a test that opens what it sealed. */
  readonly sealing?: Sealing
  /** For a test that has a hand on the store's own connection. */
  readonly openStore?: typeof openStore
}

/** Any moment will do: it only has to be the same in every run. */
const START = Date.parse('2026-11-24T12:00:00Z') / 1000

export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'corpusiq-test-'))
  const settings = testSettings(dataDir, options.env ?? {})
  const store = await (options.openStore ?? openStore)({
    dataDir,
    maxUnusedClients: settings.maxUnusedClients,
  })
  const events: Event[] = []
  let time = START
  const now = () => time
  const app = createApp({
    settings,
    store,
    corpus: options.corpus ?? createMemoryCorpus(),
    sealing: options.sealing ?? createSealing(randomBytes(32)),
    now,
    random: systemRandom,
    emit: withJournal((event) => events.push(event), store.journal, now),
    registrationRules: options.registrationRules ?? {},
    registrationPolicy: options.registrationPolicy,
  })
  const fetchFrom = async (address: string, request: Request) => app.fetch(request, { address })
  const testApp: TestApp = {
    url: settings.resourceUrl,
    settings,
    store,
    app,
    events,
    now: () => time,
    advance: (seconds) => {
      time += seconds
    },
    fetchFrom,
    fetch: (request) => fetchFrom('127.0.0.1', request),
    [Symbol.asyncDispose]: async () => {
      await store.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  if (options.owner ?? true) {
    const link = await app.setupLink()
    if (link === undefined) throw new Error('no setup link')
    await setUpOwner(testApp, link)
    events.length = 0
  }
  return testApp
}

function testSettings(dataDir: string, env: Readonly<Record<string, string>>): Settings {
  const configuration = configure({
    flags: {},
    environment: {
      CORPUSIQ_OAUTH_RESOURCE_URL: 'https://notes.example.com',
      CORPUSIQ_DATA_DIR: dataDir,
      ...env,
    },
    file: {},
    directory: dataDir,
    terminal: false,
    sampleCorpus: dataDir,
  })
  if (configuration instanceof SettingFault) throw new Error(configuration.line)
  return configuration.settings
}
