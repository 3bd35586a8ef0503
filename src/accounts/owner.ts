import type { Account } from '../oauth/grant.ts'
import type { Clock } from '../ops/clock.ts'
import { hashPassword } from '../ops/digest.ts'
import type { Emit } from '../ops/events.ts'
import type { Random } from '../ops/random.ts'
import type { AccountStore } from '../store/ports.ts'
import { canonicalUsername, credentialsFault } from './password-rules.ts'

/**
 * Creates the owner, the first account: the account; or, as a sentence, what is wrong with the name or the password;
 * or undefined where an owner exists already. The password is stored as argon2id.
 */
export type CreateOwner = (username: string, password: string) => Promise<Account | string | undefined>

export function ownerCreation(deps: {
  accounts: Pick<AccountStore, 'createOwner'>
  now: Clock
  random: Random
  emit: Emit
}): CreateOwner {
  const { accounts, now, random, emit } = deps
  return async (username, password) => {
    const fault = credentialsFault(username, password)
    if (fault !== undefined) return fault
    const account = { account_id: random.id('account_'), username: canonicalUsername(username) }
    const at = now()
    const created = await accounts.createOwner(
      { ...account, password_hash: await hashPassword(password), created_at: at },
      { at, type: 'owner.created', account_id: account.account_id },
    )
    if (!created) return undefined
    emit({ type: 'owner.created', account_id: account.account_id })
    return account
  }
}
