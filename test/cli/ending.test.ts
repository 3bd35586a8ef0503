/** How the program ends: in order, whatever the signal reached. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort, startServer } from '../support/running-server.ts'
import { collect, emptyDirectory, ownEnvironment } from './program.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const WINDOWS = process.platform === 'win32' && 'Windows has no such signals'

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`${signal} ends the server in order: a request in flight is answered, exit code 0`, {
    skip: WINDOWS,
  }, async () => {
    await using server = await startServer()
    const body = JSON.stringify({ client_name: 'Slow', redirect_uris: ['https://example.com/callback'] })
    const socket = connect(server.port, '127.0.0.1')
    const answer = collect(socket)
    await once(socket, 'connect')
    const head = [
      'POST /register HTTP/1.1',
      `Host: 127.0.0.1:${server.port}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      // The server says that it waits for the body: from then on the request is in flight.
      'Expect: 100-continue',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    while (!answer().includes('100 Continue')) await once(socket, 'data')
    process.kill(server.pid, signal)
    // The port is closed at once, while the answer is still owed.
    await refused(server.port)
    socket.end(body)
    await once(socket, 'close')
    assert.match(answer(), /HTTP\/1\.1 201 Created/)
    assert.equal(await server.stop(), 0)
  })
}

test('SIGTERM to npm start ends the server that npm started', { skip: WINDOWS }, async (context) => {
  const dataDir = await emptyDirectory(context)
  const port = await freePort()
  const flags = ['--port', `${port}`, '--data-dir', dataDir]
  const npm = spawn('npm', ['start', '--', './test/data/notes', ...flags], {
    cwd: ROOT,
    env: ownEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = collect(npm.stdout)
  const ended = once(npm.stdout, 'close')
  while (!output().includes('CorpusIQ is ready: ')) await once(npm.stdout, 'data')
  assert.equal((await fetch(`http://127.0.0.1:${port}/.well-known/oauth-protected-resource`)).status, 200)
  npm.kill('SIGTERM')
  // The server holds npm's standard output too: it closes when the last of them is gone.
  await ended
  await refused(port)
  assert.match(output(), /CorpusIQ ends/)
})

/** Resolves when nobody listens at the port any more. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const [outcome] = await Promise.race([
      once(socket, 'connect').then(() => ['open']),
      once(socket, 'error').then(() => ['refused']),
    ]).catch(() => ['refused'])
    socket.destroy()
    if (outcome === 'refused') return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
