import assert from 'node:assert/strict'
import type { Browser } from '../support/browser.ts'
import { configure, type ManagedClient, registerManaged, update, updated } from '../support/managing.ts'
import { type Authorized, authorize, CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from '../support/scenario.ts'
import type { Site } from '../support/site.ts'
import { granted, redeem, refresh } from '../support/target.ts'
import type { Dice } from './dice.ts'
import { revoke } from './requests.ts'

export type Pair = { readonly access_token: string; readonly refresh_token: string }

export const STEPS = [
  'registration',
  'authorization',
  'exchange',
  'refresh',
  'update',
  'revocation',
  'deletion',
] as const
export type Step = (typeof STEPS)[number]

/** One client's life as the checker knows it: what was acknowledged, and what was asked when the end came. */
export type Life = {
  client: ManagedClient | undefined
  /** The name that was acknowledged last, and the one that was asked for last. */
  name: string
  wanted: string
  code: Authorized | undefined
  /** Whole seconds since the epoch. */
  codeAt: number
  /** Every pair of tokens that was acknowledged, each obtained by the one before, the first by the code. */
  readonly pairs: Pair[]
  revoked: boolean
  deleted: boolean
  /** Sent, and no answer came: it may have happened or not. */
  asked: Step | undefined
}

/** Told of each acknowledged answer. */
export type Acknowledge = (step: Step) => void

const CLIENT_NAME = PUBLIC_CLIENT.client_name

export const seconds = (): number => Math.floor(Date.now() / 1000)

/**
 * Lives one life, from registration over consent, code and refreshes to, sometimes, revocation; some end early, so that
 * the checker finds codes that nobody redeemed and families at every age. Rejects where an answer fails to come.
 */
export async function live(
  site: Site,
  browser: Browser,
  dice: Dice,
  acknowledge: Acknowledge,
  begin: (life: Life) => void,
): Promise<void> {
  const life: Life = {
    client: undefined,
    name: CLIENT_NAME,
    wanted: CLIENT_NAME,
    code: undefined,
    codeAt: 0,
    pairs: [],
    revoked: false,
    deleted: false,
    asked: undefined,
  }
  begin(life)
  const step = async <T>(name: Step, request: Promise<T>): Promise<T> => {
    life.asked = name
    const answer = await request
    life.asked = undefined
    acknowledge(name)
    return answer
  }
  const metadata = dice.below(2) === 0 ? PUBLIC_CLIENT : CONFIDENTIAL_CLIENT
  let client = await step('registration', registerManaged(site, metadata))
  life.client = client
  if (dice.below(4) === 0) return
  const code = await step('authorization', authorize(site, client, { browser }))
  life.code = code
  life.codeAt = seconds()
  if (dice.below(8) === 0) return
  const first = granted(await step('exchange', redeem(site, client, code)))
  life.pairs.push(first)
  let { refresh_token } = first
  for (let more = dice.below(8); more > 0; more--) {
    if (dice.below(4) === 0) {
      life.name = `Name ${more}`
      const renamed = { ...metadata, client_name: life.wanted }
      // Its secret and its registration token are other ones from now on.
      client = updated(client, await step('update', update(site, client, renamed)))
      life.client = client
      life.name = life.wanted
    }
    const next = granted(await step('refresh', refresh(site, client, refresh_token)))
    life.pairs.push(next)
    refresh_token = next.refresh_token
  }
  switch (dice.below(6)) {
    case 0:
      await step('revocation', revoke(site, client, refresh_token))
      life.revoked = true
      break
    case 1:
      await step('deletion', deleted(site, client))
      life.deleted = true
  }
}

async function deleted(site: Site, client: ManagedClient): Promise<void> {
  const { status } = await configure(site, 'DELETE', client)
  assert.equal(status, 204)
}
