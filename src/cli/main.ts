/** The table of commands. Each one's file is loaded when it is called: a start loads no more than it needs. */
import { Command } from 'commander'
import { type OperatorFault, systemCode, worldFault } from '../ops/fault.ts'
import type { SettingName } from '../ops/setting-table.ts'
import { VERSION } from '../ops/version.ts'
import { addSettingFlags } from './settings-flags.ts'

type Outcome = Promise<OperatorFault | undefined> | OperatorFault | undefined

/** A fault is one line on standard error and exit code 1. */
async function settle(outcome: Outcome): Promise<void> {
  const fault = await Promise.resolve(outcome).catch(worldFault)
  if (fault === undefined) return
  process.stderr.write(`corpusiq: ${fault.line.replace(/\s+/g, ' ')}\n`)
  process.exitCode = 1
}

// Whoever reads may have read enough (`corpusiq corpus list | head`): then there is nobody to go on for.
process.stdout.on('error', (fault) => {
  if (systemCode(fault) !== 'EPIPE') throw fault
  process.exit()
})

const program = new Command('corpusiq')
  .description(
    'Lets ChatGPT, Claude and other MCP clients search a folder of your documents, after you said yes.',
  )
  .version(VERSION, '-v, --version')
  .showHelpAfterError('(corpusiq --help tells more)')
  .addHelpText(
    'after',
    `
Examples:
  corpusiq serve ./my-notes                  serve a folder on http://127.0.0.1:8787
  corpusiq serve ./my-notes --port 9000      on another port
  corpusiq search "green tea"                what a client would find
  corpusiq clients list                      who has registered
  corpusiq settings                          what is in force, and where it comes from`,
  )

addSettingFlags(
  program
    .command('serve')
    .description('serve one or more folders')
    .argument(
      '[folders...]',
      'folders and files, each with name= before it or not; without one, the documentation of CorpusIQ itself as a sample',
    ),
)
  .addHelpText(
    'after',
    `
Every flag is also a setting of the environment or of a .env file: --data-dir is CORPUSIQ_DATA_DIR.

Examples:
  corpusiq serve ./my-notes
  corpusiq serve ./my-notes --oauth-resource-url https://notes.example.com`,
  )
  .action(async (folders: string[], options) => settle((await import('./serve.ts')).serve(folders, options)))

dataCommand(program, 'search', 'what a client would be given for a question, best first', [
  'CORPUSIQ_OAUTH_RESOURCE_URL',
  'CORPUSIQ_HOST',
  'CORPUSIQ_PORT',
])
  .argument('<question...>', 'words, "phrases", -word, path:, type:, in:, after:, before:')
  .option('--limit <number>', 'how many, 1 to 50', '10')
  .option('--collection <name>', 'of this collection alone')
  .option('--explain', 'how each came to its score')
  .addHelpText(
    'after',
    `
Examples:
  corpusiq search "How hot should the water be?"
  corpusiq search 'tea -coffee type:pdf after:2026' --explain`,
  )
  .action(async (question: string[], options) =>
    settle((await import('./search.ts')).search(question.join(' '), options)),
  )

addSettingFlags(
  program.command('settings').description('show the settings in force, and where each comes from'),
)
  .option('--json', 'as JSON')
  .action(async (options) => settle((await import('./settings.ts')).showSettings(options)))

const clients = program.command('clients').description('the registered clients')
dataCommand(clients, 'list', 'list them, the oldest first')
  .option('--pending', 'only those that wait for approval')
  .action(async (options) => settle((await import('./clients.ts')).listClients(options)))
dataCommand(clients, 'approve', 'let one authorize that waits for it (CORPUSIQ_REGISTRATION_ACCESS=approval)')
  .argument('<client_id>', 'as corpusiq clients list --pending shows it')
  .action(async (id: string, options) => settle((await import('./approval.ts')).approveClient(id, options)))
dataCommand(clients, 'delete', 'delete one, with its grants and tokens, at once')
  .argument('<client_id>', 'as corpusiq clients list shows it')
  .option('--revoke', 'for cause: its old id is never let in again')
  .action(async (id: string, options) => settle((await import('./clients.ts')).deleteClient(id, options)))
metadataFlags(dataCommand(clients, 'create', 'make one by hand; its secret is shown this once'))
  .addHelpText(
    'after',
    `
Examples:
  corpusiq clients create --name "Our chat" --redirect-uri https://chat.example.com/callback --auth-method client_secret_basic
  corpusiq clients create --metadata ./chat.json`,
  )
  .action(async (options) => settle((await import('./client-changes.ts')).createClient(options)))
dataCommand(clients, 'show', 'all that is known of one, with its grants; also of one that is gone')
  .argument('<client_id>', 'as corpusiq clients list shows it')
  .action(async (id: string, options) =>
    settle((await import('./client-details.ts')).showClient(id, options)),
  )
metadataFlags(
  dataCommand(clients, 'edit', 'change members of its metadata, or by a file the whole of it').argument(
    '<client_id>',
    'as corpusiq clients list shows it',
  ),
).action(async (id: string, options) => settle((await import('./client-changes.ts')).editClient(id, options)))
dataCommand(clients, 'rotate-secret', 'a new secret, shown this once; the old one goes on for a while', [
  'CORPUSIQ_CLIENT_SECRET_OVERLAP_SECONDS',
])
  .argument('<client_id>', 'as corpusiq clients list shows it')
  .action(async (id: string, options) =>
    settle((await import('./client-changes.ts')).rotateSecret(id, options)),
  )

const tokens = program
  .command('registration-tokens')
  .description('what lets a client register (CORPUSIQ_REGISTRATION_ACCESS=token)')
dataCommand(tokens, 'create', 'make one; it is shown this once')
  .option('--uses <number>', 'how many clients may register by it; any: without a limit', '1')
  .option('--expires <time>', 'how long it is good for: 7d, 24h, 30m; never: without end', '7d')
  .option('--scope <words>', 'the most that its clients may ask for')
  .option('--note <text>', 'who it is for')
  .addHelpText(
    'after',
    '\nExample:\n  corpusiq registration-tokens create --uses 5 --expires 7d --scope corpus:search --note "for Maria"',
  )
  .action(async (options) =>
    settle((await import('./registration-tokens.ts')).createRegistrationToken(options)),
  )
dataCommand(tokens, 'list', 'list them, the oldest first').action(async (options) =>
  settle((await import('./registration-tokens.ts')).listRegistrationTokens(options)),
)
dataCommand(tokens, 'revoke', 'end one; clients that came by it stay')
  .argument('<token_id>', 'as corpusiq registration-tokens list shows it')
  .action(async (id: string, options) =>
    settle((await import('./registration-tokens.ts')).revokeRegistrationToken(id, options)),
  )

const grants = program.command('grants').description('what clients may do, and for whom')
dataCommand(grants, 'list', 'list them, the oldest first').action(async (options) =>
  settle((await import('./grants.ts')).listGrants(options)),
)
dataCommand(grants, 'revoke', 'end one, with its tokens, at once')
  .argument('<grant_id>', 'as corpusiq grants list shows it')
  .action(async (id: string, options) => settle((await import('./grants.ts')).revokeGrant(id, options)))

dataCommand(program, 'journal', 'what came to the door, how it was answered, and why: a time line')
  .option('--follow', 'go on with what comes, until Ctrl-C')
  .option('--client <client_id>', 'of one client alone')
  .option('--limit <number>', 'the last so many', '200')
  .addHelpText(
    'after',
    '\nExamples:\n  corpusiq journal --follow\n  corpusiq journal --client client_0193… --json',
  )
  .action(async (options) => settle((await import('./journal.ts')).showJournal(options)))

const corpus = program.command('corpus').description('what is served: folders, files, lists of web pages')
dataCommand(corpus, 'list', 'list the sources').action(async (options) =>
  settle((await import('./corpus.ts')).listSources(options)),
)
dataCommand(corpus, 'add', 'serve a folder, a file, or the pages of a sitemap, from now on')
  .argument('<place>', 'a path, or the https URL of a sitemap or of a list of pages')
  .option('--name <name>', 'what it is called: a collection; by default by its last part')
  .addHelpText(
    'after',
    '\nExamples:\n  corpusiq corpus add ./papers\n  corpusiq corpus add ~/work/notes --name work',
  )
  .action(async (place: string, options) => settle((await import('./corpus.ts')).addSource(place, options)))
dataCommand(corpus, 'remove', 'serve one no longer; its files stay')
  .argument('<name>', 'as corpusiq corpus list shows it')
  .action(async (name: string, options) => settle((await import('./corpus.ts')).removeSource(name, options)))
dataCommand(corpus, 'status', 'compare what is on disk with what is in the index').action(async (options) =>
  settle((await import('./corpus-status.ts')).showCorpusStatus(options)),
)
dataCommand(corpus, 'problems', 'what could not be read, and why').action(async (options) =>
  settle((await import('./corpus-status.ts')).listProblems(options)),
)
dataCommand(corpus, 'reindex', 'read every file again, of one source or of all')
  .argument('[name]', 'as corpusiq corpus list shows it')
  .action(async (name: string | undefined, options) =>
    settle((await import('./corpus-status.ts')).reindex(name, options)),
  )

const keys = program.command('keys').description('the keys that sign access tokens')
dataCommand(keys, 'list', 'list them, the newest first').action(async (options) =>
  settle((await import('./keys.ts')).listKeys(options)),
)
dataCommand(keys, 'rotate', 'sign by a new key; tokens of the earlier one stay good').action(
  async (options) => settle((await import('./keys.ts')).rotateKeys(options)),
)

const accounts = program.command('accounts').description('the people who sign in')
dataCommand(accounts, 'list', 'list them').action(async (options) =>
  settle((await import('./accounts.ts')).listAccounts(options)),
)
dataCommand(accounts, 'set-password', 'set a password: from a prompt, or from standard input')
  .argument('<username>', 'whose')
  .addHelpText('after', '\nExample:\n  corpusiq accounts set-password maria < password.txt')
  .action(async (name: string, options) => settle((await import('./accounts.ts')).setPassword(name, options)))

/** A command on the database, beside a running server. */
function dataCommand(
  parent: Command,
  name: string,
  description: string,
  settings: readonly SettingName[] = [],
): Command {
  return addSettingFlags(parent.command(name).description(description), [
    'CORPUSIQ_DATA_DIR',
    ...settings,
  ]).option('--json', 'as JSON')
}

/** The members of client metadata (RFC 7591 §2) that are often named; a file names any. */
function metadataFlags(command: Command): Command {
  return command
    .option('--name <text>', 'what people see it called (client_name)')
    .option('--redirect-uri <uri...>', 'where its codes go; all of them (redirect_uris)')
    .option(
      '--auth-method <word>',
      'none, client_secret_basic or client_secret_post (token_endpoint_auth_method)',
    )
    .option('--scope <words>', 'what it may ask for')
    .option('--metadata <file>', 'a JSON file of client metadata; flags go before it')
}

await program.parseAsync()
