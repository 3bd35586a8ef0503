import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../oauth/client.ts'
import { parseClientMetadata } from '../oauth/client-metadata.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { JsonObject } from '../oauth/json.ts'
import type { Settings } from '../ops/settings.ts'
import type { RegistrationRules } from './policy.ts'
import { createRegistrationJudge, type RegistrationPolicy } from './registration-judge.ts'

const URI = 'https://client.example.com/callback'

function registration(body: JsonObject = {}) {
  const metadata = parseClientMetadata(
    { redirect_uris: [URI], ...body },
    { origin: 'https://notes.example.com' },
  )
  if (metadata instanceof OAuthError) throw new Error(metadata.error_description)
  return { metadata }
}

function client(more: Partial<Client> = {}, body: JsonObject = {}): Client {
  return { client_id: 'client_1', client_id_issued_at: 1, ...registration(body), ...more }
}

function judge(
  deps: {
    access?: Settings['registrationAccess']
    rules?: RegistrationRules
    policy?: RegistrationPolicy
  } = {},
) {
  const { access = 'open', rules = {}, policy } = deps
  return createRegistrationJudge({ access, rules, policy })
}

const CONTEXT = { address: '192.0.2.1' }

test('a new client waits where the owner approves, and nowhere else', async () => {
  const { metadata } = registration()
  for (const [access, members] of [
    ['open', { metadata }],
    ['token', { metadata }],
    ['approval', { metadata, approval: 'pending' }],
  ] as const) {
    assert.deepEqual(await judge({ access })(registration(), CONTEXT), members)
  }
})

test('A-044 A-052 a client that waits goes on waiting, whatever it makes of itself and however the door is set', async () => {
  for (const access of ['open', 'token', 'approval', 'closed'] as const) {
    const judged = await judge({ access })(registration(), {
      ...CONTEXT,
      client: client({ approval: 'pending' }),
    })
    assert.ok(!(judged instanceof OAuthError))
    assert.equal(judged.approval, 'pending')
  }
})

test('A-044 a client that was approved waits anew where it becomes another one than the owner saw', async () => {
  const body = { client_name: 'Notes', redirect_uris: [URI, 'https://client.example.com/other'] }
  const approved = client({}, body)
  const approvalOf = async (change: JsonObject, access: Settings['registrationAccess'] = 'approval') => {
    const judged = await judge({ access })(registration({ ...body, ...change }), {
      ...CONTEXT,
      client: approved,
    })
    assert.ok(!(judged instanceof OAuthError))
    return judged.approval
  }
  for (const same of [
    {},
    { redirect_uris: [URI] },
    { contacts: ['a@b.example'] },
    { scope: 'corpus:read' },
  ]) {
    assert.equal(await approvalOf(same), undefined, JSON.stringify(same))
  }
  for (const other of [
    { client_name: 'Bank' },
    { client_name: null },
    { redirect_uris: [URI, 'https://evil.example/cb'] },
    { redirect_uris: [`${URI}/more`] },
  ]) {
    assert.equal(await approvalOf(other), 'pending', JSON.stringify(other))
    assert.equal(await approvalOf(other, 'open'), undefined, JSON.stringify(other))
  }
})

test('A-044 the scope of the initial access token bounds a client at every update', async () => {
  const judged = await judge()(registration({ scope: 'corpus:read' }), {
    ...CONTEXT,
    scope_limit: 'corpus:read',
  })
  assert.ok(!(judged instanceof OAuthError))
  assert.equal(judged.scope_limit, 'corpus:read')
  const grown = await judge()(registration({ scope: 'corpus:read corpus:search' }), {
    ...CONTEXT,
    client: client({ scope_limit: 'corpus:read' }),
  })
  assert.ok(!(grown instanceof OAuthError))
  assert.deepEqual([grown.registered_scope, grown.scope_limit], ['corpus:read', 'corpus:read'])
})

test('the function sees what the rules made of it, who came and what for; what it refuses is refused', async () => {
  const seen: unknown[] = []
  const policy: RegistrationPolicy = (metadata, context) => {
    seen.push([metadata.scope, context])
    return metadata.client_name === 'Bad'
      ? { error: 'access_denied', error_description: 'write to the owner first' }
      : undefined
  }
  const rules: RegistrationRules = { web: { scopes: ['corpus:search'] } }
  const judging = judge({ rules, policy })
  const judged = await judging(registration(), CONTEXT)
  assert.ok(!(judged instanceof OAuthError))
  await judging(registration(), { ...CONTEXT, client: client() })
  assert.deepEqual(seen, [
    ['corpus:search', { action: 'register', address: '192.0.2.1' }],
    ['corpus:search', { action: 'update', address: '192.0.2.1', client_id: 'client_1' }],
  ])
  const refused = await judging(registration({ client_name: 'Bad' }), CONTEXT)
  assert.ok(refused instanceof OAuthError)
  assert.deepEqual(
    [refused.error, refused.status, refused.error_description],
    ['access_denied', 403, 'write to the owner first'],
  )
  // What breaks a rule never gets so far.
  const before = seen.length
  assert.ok((await judging(registration({ scope: 'corpus:read' }), CONTEXT)) instanceof OAuthError)
  assert.equal(seen.length, before)
})

test('the function may take its time, and changes nothing by writing into what it was given', async () => {
  const policy: RegistrationPolicy = async (metadata) => {
    await Promise.resolve()
    Object.assign(metadata, { redirect_uris: ['https://evil.example/cb'] })
    ;(metadata.grant_types as string[]).push('implicit')
    return undefined
  }
  assert.deepEqual(await judge({ policy })(registration(), CONTEXT), registration())
})

test('a function that fails, or answers what is no refusal, lets nobody in', async () => {
  for (const answer of [
    null,
    true,
    false,
    'no',
    {},
    { error: 'invalid_redirect_uri' },
    { error: 'server_error', error_description: 'x' },
  ]) {
    const policy = (() => answer) as unknown as RegistrationPolicy
    await assert.rejects(judge({ policy })(registration(), CONTEXT), TypeError, JSON.stringify(answer))
  }
  const policy: RegistrationPolicy = () => {
    throw new RangeError('a bug')
  }
  await assert.rejects(judge({ policy })(registration(), CONTEXT), RangeError)
})
