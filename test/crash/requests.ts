import assert from 'node:assert/strict'
import { credentials, type RegisteredClient } from '../support/scenario.ts'
import type { Site } from '../support/site.ts'
import { type Answer, post } from '../support/stored.ts'

/** Gives a token back, and expects 200. */
export async function revoke(site: Site, client: RegisteredClient, token: string): Promise<Answer> {
  const { headers, parameters } = credentials(client)
  const answer = await post(site, '/revoke', { token, ...parameters }, headers)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer
}

/** That the client is there, its secret is good, and no other one is: by a request that changes nothing. */
export async function authenticates(site: Site, client: RegisteredClient): Promise<void> {
  await revoke(site, client, 'no token')
  if (client.client_secret === undefined) return
  const { headers, parameters } = credentials({ ...client, client_secret: `${client.client_secret}x` })
  const { status } = await post(site, '/revoke', { token: 'no token', ...parameters }, headers)
  assert.equal(status, 401)
}
