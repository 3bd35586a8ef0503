import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Listening, listen } from '../adapters/node.ts'
import { readAddedSources } from '../corpus/sources/source-file.ts'
import { openInstance } from '../instance.ts'
import { OperatorFault, systemCode } from '../ops/fault.ts'
import { createLog, type Log } from '../ops/log.ts'
import { isLoopbackUrl } from '../ops/public-url.ts'
import type { Settings } from '../ops/settings.ts'
import { onEnding } from './ending.ts'
import { showProgress } from './indexing-progress.ts'
import { npmScript, readConfiguration, readEnvironment } from './settings-flags.ts'
import { welcome } from './welcome.ts'

/**
 * `corpusiq serve`: resolves when the server accepts requests; the process goes on until it is told to end. A fault
 * where it cannot start.
 */
export async function serve(
  folders: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<OperatorFault | undefined> {
  const configuration = await withFreePort(folders, options)
  if (configuration instanceof OperatorFault) return configuration
  const { settings, warnings } = configuration
  const log = createLog(settings)
  for (const warning of warnings) log.write('warn', warning)

  const instance = await openInstance(settings, log.emit, undefined, readEnvironment())
  if (instance instanceof OperatorFault) return instance
  const listening = await startListening(settings, instance.fetch)
  if (listening instanceof OperatorFault) {
    await instance.close()
    return listening
  }
  onEnding(() => {
    log.write('info', 'CorpusIQ ends: answering what is under way')
    end(listening, instance, log).then((code) => process.exit(code))
  })
  tellCorpus(settings, log)
  tellOpenRegistration(settings, log)
  log.print(welcome(settings, await instance.setupLink()))
  void showProgress(() => instance.corpusStatus(), process.stderr, pause)
  return undefined
}

/** Port 0 means any free one; the public URL holds it, so it is found out before the rest is read. */
async function withFreePort(folders: readonly string[], options: Readonly<Record<string, unknown>>) {
  const configuration = readConfiguration(options, folders)
  if (configuration instanceof OperatorFault || configuration.settings.port !== 0) return configuration
  return readConfiguration({ ...options, port: String(await freePort(configuration.settings.host)) }, folders)
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function startListening(
  { host, port }: Settings,
  fetch: Parameters<typeof listen>[0]['fetch'],
): Promise<Listening | OperatorFault> {
  try {
    return await listen({ fetch, host, port })
  } catch (fault) {
    const code = systemCode(fault)
    if (code === 'EADDRINUSE') {
      return new OperatorFault(
        `Port ${port} of ${host} is in use. Stop what listens there, or take another one, e.g. --port ${port === 65_535 ? port - 1 : port + 1}`,
      )
    }
    if (code === 'EACCES')
      return new OperatorFault(`Port ${port} needs more rights. Take another one, e.g. --port 8787`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      return new OperatorFault(
        `${host} is no address of this machine. Take one that is, e.g. --host 127.0.0.1`,
      )
    }
    throw fault
  }
}

/** In order: no more connections, the answers under way, then index and store. */
async function end(listening: Listening, instance: { close(): Promise<void> }, log: Log): Promise<number> {
  try {
    await listening.close()
    await instance.close()
    return 0
  } catch (fault) {
    log.write('error', `CorpusIQ did not end in order: ${fault}`)
    return 1
  } finally {
    log.flush()
  }
}

function tellCorpus({ corpus, corpusIsSample, dataDir }: Settings, log: Log): void {
  const added = readAddedSources(dataDir).map(({ place }) => place)
  const places = corpusIsSample && added.length > 0 ? added : [...corpus, ...added]
  log.write(
    'info',
    corpusIsSample && added.length === 0
      ? `No folder is named: serving CorpusIQ's own documentation as a sample (yours: ${npmScript(process.env) === 'start' ? 'npm start --' : 'corpusiq serve'} ./my-notes)`
      : `Serving ${places.join(', ')}`,
  )
}

function tellOpenRegistration(settings: Settings, log: Log): void {
  if (settings.registrationAccess !== 'open' || isLoopbackUrl(settings.resourceUrl)) return
  log.write(
    'warn',
    `Any client may register at ${settings.registrationEndpoint}; people still sign in and consent. ` +
      'CORPUSIQ_REGISTRATION_ACCESS=approval or =token restricts it, CORPUSIQ_ALLOW_DYNAMIC_CLIENT_REGISTRATION=false closes it',
  )
}
