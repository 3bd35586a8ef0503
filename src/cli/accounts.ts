import { canonicalUsername, credentialsFault } from '../accounts/password-rules.ts'
import { systemClock } from '../ops/clock.ts'
import { hashPassword } from '../ops/digest.ts'
import { OperatorFault } from '../ops/fault.ts'
import { safeText } from '../ops/log-text.ts'
import { type DataOptions, withStore } from './data.ts'
import { show, table } from './output.ts'
import { readPassword } from './password-prompt.ts'

/** `corpusiq accounts list`: for an owner who forgot the name. */
export function listAccounts(options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async (store) => {
    const accounts = await store.accounts.list()
    show(options.json, accounts, () =>
      table(
        ['ACCOUNT', 'USERNAME'],
        accounts.map(({ account_id, username }) => [account_id, username]),
      ),
    )
    return undefined
  })
}

/** `corpusiq accounts set-password <username>`: from a prompt or standard input; every session of the account ends. */
export function setPassword(username: string, options: DataOptions): Promise<OperatorFault | undefined> {
  return withStore(options, async (store) => {
    const account = await store.accounts.findByUsername(canonicalUsername(username))
    if (!account)
      return new OperatorFault(`There is no account ${safeText(username)}. See: corpusiq accounts list`)
    const password = await readPassword(`New password of ${safeText(account.username)}: `)
    const fault = credentialsFault(account.username, password)
    if (fault !== undefined) return new OperatorFault(fault)
    const { account_id } = account
    const audit = {
      at: systemClock(),
      type: 'password.set',
      account_id,
      detail: 'by corpusiq accounts set-password',
    }
    await store.accounts.setPassword(account_id, await hashPassword(password), audit)
    show(
      options.json,
      { account_id, username: account.username },
      () => 'The password is set; every session of it has ended.',
    )
    return undefined
  })
}
