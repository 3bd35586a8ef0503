/** Clients made, shown, changed and ended by hand beside a running server: in force at its next request. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type RunningServer, startServer } from '../support/running-server.ts'
import {
  authorize,
  CALLBACK,
  callMcp,
  exchangeCode,
  obtainTokens,
  type RegisteredClient,
  refresh,
  tokensOf,
} from '../support/scenario.ts'
import { corpusiq, emptyDirectory } from './program.ts'

/** Runs `corpusiq clients …` on the server's data and reads its JSON. */
async function clients<T = RegisteredClient>(server: RunningServer, ...args: string[]): Promise<T> {
  const ended = await corpusiq(['clients', ...args, '--json', '--data-dir', server.dataDir])
  assert.equal(ended.code, 0, ended.errors)
  return JSON.parse(ended.output)
}

async function fault(server: RunningServer, ...args: string[]): Promise<string> {
  const ended = await corpusiq(['clients', ...args, '--data-dir', server.dataDir])
  assert.equal(ended.code, 1, ended.output)
  assert.match(ended.errors, /^corpusiq: [^\n]+\n$/)
  return ended.errors
}

test('create, rotate with overlap, edit, show, delete --revoke: each is in force at the next request', async () => {
  await using server = await startServer()
  const made = await clients(
    server,
    'create',
    ...['--name', 'Our chat', '--redirect-uri', CALLBACK, '--auth-method', 'client_secret_basic'],
  )
  assert.match(made.client_secret ?? '', /^secret_/)
  assert.deepEqual(made.grant_types, ['authorization_code', 'refresh_token'])
  const tokens = await obtainTokens(server, made)
  assert.equal((await callMcp(server, tokens.access_token)).status, 200)

  // Shown once: from now on only until when it is good.
  const shown = await corpusiq(['clients', 'show', made.client_id, '--data-dir', server.dataDir])
  assert.match(shown.output, /source +operator\n/)
  assert.match(shown.output, /identity +unverified\n/)
  assert.match(shown.output, /client_secret_expires_at +\d{4}-\d\d-\d\d \d\d:\d\d \(UTC\)\n/)
  assert.match(shown.output, /grants +grant_\S+, scope corpus:/)
  assert.doesNotMatch(shown.output, /secret_0|sha256:|hash/)

  const rotated = await clients(server, 'rotate-secret', made.client_id)
  assert.notEqual(rotated.client_secret, made.client_secret)
  assert.equal((await refresh(server, made, tokens.refresh_token ?? '')).status, 200, 'the overlap')
  assert.equal((await refresh(server, rotated, tokens.refresh_token ?? '')).status, 200)
  const last = await clients(
    server,
    ...['rotate-secret', made.client_id, '--client-secret-overlap-seconds', '0'],
  )
  assert.equal((await refresh(server, rotated, tokens.refresh_token ?? '')).status, 401)
  assert.equal((await refresh(server, last, tokens.refresh_token ?? '')).status, 200)

  const other = 'https://client.example.com/other'
  await clients(server, 'edit', made.client_id, '--redirect-uri', other, '--name', 'Renamed')
  const edited = await clients<RegisteredClient & { client_name: string; grants: unknown[] }>(
    server,
    ...['show', made.client_id],
  )
  assert.deepEqual(edited.redirect_uris, [other])
  assert.equal(edited.client_name, 'Renamed')
  assert.deepEqual(edited.grant_types, made.grant_types)
  assert.equal(edited.grants.length, 1)
  await tokensOf(
    await exchangeCode(server, last, await authorize(server, { ...last, redirect_uris: [other] })),
  )

  // Without a secret, and with one again.
  const open = await clients(server, 'edit', made.client_id, '--auth-method', 'none')
  assert.equal(open.client_secret, undefined)
  assert.equal((await refresh(server, open, tokens.refresh_token ?? '')).status, 200)
  assert.match(await fault(server, 'rotate-secret', made.client_id), /holds no secret/)
  const closed = await clients(server, 'edit', made.client_id, '--auth-method', 'client_secret_post')
  assert.match(closed.client_secret ?? '', /^secret_/)
  assert.equal((await refresh(server, open, tokens.refresh_token ?? '')).status, 401)

  await clients(server, 'delete', made.client_id, '--revoke')
  assert.equal((await callMcp(server, tokens.access_token)).status, 401)
  const gone = await clients<{ cause: string; revivable: boolean }>(server, 'show', made.client_id)
  assert.equal(gone.cause, 'revoked')
  assert.equal(gone.revivable, false)
})

test('metadata from a file, by the same table as a registration; what is wrong is one line that names the member', async (context) => {
  await using server = await startServer()
  const folder = await emptyDirectory(context)
  const file = join(folder, 'chat.json')
  await writeFile(
    file,
    JSON.stringify({ client_name: 'From a file', redirect_uris: [CALLBACK], scope: 'corpus:search' }),
  )
  const made = await clients<RegisteredClient & { client_name: string }>(
    server,
    ...['create', '--metadata', file, '--auth-method', 'none'],
  )
  assert.equal(made.client_name, 'From a file')
  assert.deepEqual(made.grant_types, ['authorization_code'])
  assert.equal(made.scope, 'corpus:search')
  assert.equal(made.client_secret, undefined)

  const uri = 'http://chat.example.com/cb'
  assert.match(
    await fault(server, 'create', '--name', 'x', '--redirect-uri', uri),
    /redirect_uris\[0\] must be https/,
  )
  assert.match(await fault(server, 'create', '--name', 'x'), /redirect_uris must have at least one URI/)
  assert.match(
    await fault(server, 'edit', made.client_id, '--redirect-uri', uri),
    /stays as it is: redirect_uris\[0\]/,
  )
  await writeFile(file, '{"a": 1, "a": 2}')
  assert.match(await fault(server, 'create', '--metadata', file), /has two members with the same name/)
  assert.match(
    await fault(server, 'create', '--metadata', join(folder, 'none.json')),
    /cannot be read \(ENOENT\)/,
  )
  for (const command of ['show', 'edit', 'rotate-secret', 'delete']) {
    assert.match(await fault(server, command, 'client_none'), /There is no client client_none/)
  }
})

const SECRET = 'a-secret-of-the-operator-0123456789-abcdef'
const PHOTOS = {
  client_name: 'Photos',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'client_secret_basic',
  client_secret_env: 'PHOTOS_SECRET',
}

test('clients file: declared at the start, changed with it, removed with it; others untouched', async (context) => {
  const folder = await emptyDirectory(context)
  const file = join(folder, 'clients.json')
  const dataDir = join(folder, 'data')
  await mkdir(dataDir, { mode: 0o700 })
  const env = { CORPUSIQ_CLIENTS_FILE: file, PHOTOS_SECRET: SECRET }
  const write = (declared: object) => writeFile(file, JSON.stringify(declared))
  const withServer = async <T>(run: (server: RunningServer) => Promise<T>, options = { env }): Promise<T> => {
    const server = await startServer({ dataDir, ...options })
    try {
      return await run(server)
    } finally {
      assert.equal(await server.stop(), 0, server.log())
    }
  }
  const photos: RegisteredClient = { ...PHOTOS, client_id: 'photos', client_secret: SECRET }

  await write({
    photos: PHOTOS,
    notes: { ...PHOTOS, token_endpoint_auth_method: 'none', client_secret_env: null },
  })
  const { tokens, mine } = await withServer(async (server) => {
    const mine = await clients(server, 'create', '--name', 'Mine', '--redirect-uri', CALLBACK)
    assert.match(await fault(server, 'edit', 'photos', '--name', 'x'), /declared in the clients file/)
    assert.match(await fault(server, 'rotate-secret', 'photos'), /declared in the clients file/)
    return { tokens: await obtainTokens(server, photos), mine }
  })
  // The same file: nothing is written, the grant lives on. Another secret and name: changed in place.
  await withServer(async (server) => {
    const shown = await clients<{ source: string; client_id_issued_at: number }>(server, 'show', 'photos')
    assert.equal(shown.source, 'declared')
    assert.equal((await refresh(server, photos, tokens.refresh_token ?? '')).status, 200)
  })
  await write({ photos: { ...PHOTOS, client_name: 'Pictures' } })
  const next = `${SECRET}-2`
  await withServer(
    async (server) => {
      const shown = await clients<{ client_name: string; grants: unknown[] }>(server, 'show', 'photos')
      assert.equal(shown.client_name, 'Pictures')
      assert.equal(shown.grants.length, 1)
      assert.equal((await refresh(server, photos, tokens.refresh_token ?? '')).status, 401)
      const renewed = { ...photos, client_secret: next }
      assert.equal((await refresh(server, renewed, tokens.refresh_token ?? '')).status, 200)
      assert.match(await fault(server, 'show', 'notes'), /There is no client notes/)
    },
    { env: { ...env, PHOTOS_SECRET: next } },
  )
  await write({})
  await withServer(async (server) => {
    assert.equal((await callMcp(server, tokens.access_token)).status, 401)
    const listed = await clients<{ client_id: string }[]>(server, 'list')
    assert.deepEqual(
      listed.map(({ client_id }) => client_id),
      [mine.client_id],
    )
  })
})

test('a faulty clients file stops the start with one line that names the client and the member', async (context) => {
  const folder = await emptyDirectory(context)
  const file = join(folder, 'clients.json')
  for (const [declared, line] of [
    [
      { photos: { ...PHOTOS, redirect_uris: ['http://photos.example.com/cb'] } },
      /client "photos": redirect_uris\[0\] must be https/,
    ],
    [
      { photos: { ...PHOTOS, client_secret: SECRET } },
      /client "photos": client_secret must not stand in a file/,
    ],
    [{ photos: PHOTOS }, /client "photos": client_secret_env: the variable PHOTOS_SECRET is not set/],
    [{ photos: { ...PHOTOS, redirect_uri: 'x' } }, /client "photos": redirect_uri is no member/],
    [{ client_1: PHOTOS }, /client "client_1": a client_id here is/],
  ] as const) {
    await writeFile(file, JSON.stringify(declared))
    const ended = await corpusiq([
      'serve',
      folder,
      '--port',
      '0',
      '--data-dir',
      join(folder, 'data'),
      '--clients-file',
      file,
    ])
    assert.equal(ended.code, 1)
    assert.match(ended.errors, /^corpusiq: CORPUSIQ_CLIENTS_FILE: in the file [^\n]+\n$/)
    assert.match(ended.errors, line)
    assert.doesNotMatch(ended.errors, new RegExp(SECRET))
  }
})
