import assert from 'node:assert/strict'
import { type ManagedClient, notTheToken, readBack, update, updated } from '../support/managing.ts'
import type { RegisteredClient } from '../support/scenario.ts'
import type { Site } from '../support/site.ts'
import type { Answer } from '../support/stored.ts'
import { granted, mcpStatus, redeem, refresh, refused } from '../support/target.ts'
import type { Dice } from './dice.ts'
import { type Life, type Pair, seconds } from './life.ts'
import { authenticates } from './requests.ts'

/** Seconds that a code is surely good for: it lives for 60. */
const CODE_IS_GOOD = 45

/**
 * What the restarted server has to say to a client whose life was cut short. Only what follows from acknowledged
 * answers is asserted: a request without an answer may have happened or not, but never by half. Answers whether the
 * family goes on living, for a later round to find; else it was ended here by a replay, which the server has to notice.
 */
export async function judge(site: Site, life: Life, dice: Dice): Promise<boolean> {
  if (!life.client) return false
  if (life.deleted || (life.asked === 'deletion' && (await readBack(site, life.client)).status === 401)) {
    life.deleted = true
    await isGone(site, life.client, life.pairs)
    return false
  }
  const client = await judgeRegistration(site, life, life.client)
  const { code, pairs } = life
  await authenticates(site, client)
  if (!code) return false
  const first = pairs[0]
  if (!first) {
    await judgeCode(site, life, client)
    return false
  }
  if (life.revoked) {
    await isOver(site, client, pairs)
    refused(await redeem(site, client, code), 'invalid_grant')
    return false
  }
  if (life.asked === 'revocation' && (await isAlive(site, pairs)) === false) {
    await isOver(site, client, pairs)
    return false
  }
  await renew(site, client, pairs)
  if (dice.below(4) === 0) return true

  // Consumed stays consumed, and the replay ends the family.
  const replays = [() => redeem(site, client, code)]
  // Of a token whose successor was used too, no later than before the crash: else the table pardons it.
  const consumed = pairs.length - 3
  if (consumed >= 0) {
    const { refresh_token } = pairs[dice.below(consumed + 1)] ?? first
    replays.push(() => refresh(site, client, refresh_token))
  }
  refused(await (replays[dice.below(replays.length)] ?? assert.fail())(), 'invalid_grant')
  await isOver(site, client, pairs)
  return false
}

/**
 * The registration reads back as it was answered, or as it was asked for last. Where that answer was lost, the token
 * and the secret that the client has go on, and the next update gives it new ones.
 */
async function judgeRegistration(site: Site, life: Life, client: ManagedClient): Promise<ManagedClient> {
  const { status, body } = await readBack(site, client)
  assert.equal(status, 200, JSON.stringify(body))
  const names = [life.name, ...(life.asked === 'update' ? [life.wanted] : [])]
  assert.ok(names.includes(String(body.client_name)), `${body.client_name} is none of ${names}`)
  if (life.asked !== 'update') return client
  await authenticates(site, client)
  const {
    registration_access_token,
    registration_client_uri,
    client_id_issued_at,
    client_secret_expires_at,
    ...rest
  } = body
  life.client = updated(client, await update(site, client, rest))
  return life.client
}

/** Nothing of a client that deleted itself works. */
async function isGone(site: Site, client: ManagedClient, pairs: readonly Pair[]): Promise<void> {
  notTheToken(await readBack(site, client))
  notTheToken(await update(site, client, { redirect_uris: client.redirect_uris }))
  assert.equal(await isAlive(site, pairs), false)
  const newest = pairs.at(-1)?.refresh_token
  const { status, body } = await refresh(site, client, newest)
  assert.deepEqual([status, body.error], [401, 'invalid_client'])
}

/** The newest tokens work, and every access token of the family; a new pair is added to it. */
export async function renew(site: Site, client: RegisteredClient, pairs: Pair[]): Promise<void> {
  assert.equal(await isAlive(site, pairs), true, 'an acknowledged access token is refused')
  // Where a refresh was asked and not answered, the token may be used: no successor was, so it is honoured again.
  const newest = granted(await refresh(site, client, pairs.at(-1)?.refresh_token))
  assert.equal(await mcpStatus(site, newest.access_token), 200)
  pairs.push(newest)
}

/** A code without an acknowledged exchange: it is good, or its exchange was done when the answer got lost; then never again. */
async function judgeCode(site: Site, life: Life, client: RegisteredClient): Promise<void> {
  const { code, codeAt, asked } = life
  if (!code || seconds() - codeAt > CODE_IS_GOOD) return
  const answer: Answer = await redeem(site, client, code)
  if (answer.status === 200 || asked !== 'exchange') granted(answer)
  else refused(answer, 'invalid_grant')
  refused(await redeem(site, client, code), 'invalid_grant')
}

/** Whether the family's access tokens are let in: all of them or none. */
async function isAlive(site: Site, pairs: readonly Pair[]): Promise<boolean> {
  const statuses = new Set<number>()
  for (const { access_token } of pairs) statuses.add(await mcpStatus(site, access_token))
  const [status] = statuses
  assert.ok(statuses.size === 1 && (status === 200 || status === 401), [...statuses].join())
  return status === 200
}

/** Nothing of an ended family works. */
async function isOver(site: Site, client: RegisteredClient, pairs: readonly Pair[]): Promise<void> {
  assert.equal(await isAlive(site, pairs), false, 'a token of an ended grant is let in')
  for (const { refresh_token } of [pairs[0], pairs.at(-1)].filter((pair) => pair !== undefined)) {
    refused(await refresh(site, client, refresh_token), 'invalid_grant')
  }
}
