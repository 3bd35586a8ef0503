import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

const MODULE = JSON.stringify(new URL('./standard-output.ts', import.meta.url).href)

function program(body: string): string[] {
  return ['--input-type=module', '--eval', `import { standardOutput } from ${MODULE}\n${body}`]
}

test('what is written in many turns and at the end arrives whole, once and in order', () => {
  const { stdout } = spawnSync(
    process.execPath,
    program(`
      const output = standardOutput()
      for (let line = 0; line < 20_000; line++) {
        output.write('line ' + line + ' é\\n')
        if (line % 100 === 0) await new Promise(setImmediate)
      }
      await new Promise((done) => setTimeout(done, 300))
      for (let line = 20_000; line < 20_100; line++) output.write('line ' + line + ' é\\n')`),
    { encoding: 'utf8' },
  )
  assert.deepEqual(
    stdout.split('\n'),
    Array.from({ length: 20_101 }, (_, line) => (line < 20_100 ? `line ${line} é` : '')),
  )
})

for (const when of ['asked to at once', 'in its own time']) {
  test(`a reader that went away (corpusiq serve | head) neither ends the program nor holds up its end: ${when}`, async () => {
    const child = spawn(
      process.execPath,
      program(`
        const output = standardOutput()
        process.on('SIGTERM', () => {
          output.write('x'.repeat(20_000))
          ${when === 'asked to at once' ? 'output.flushSync()' : ''}
          setTimeout(() => {
            output.write('y')
            output.flushSync()
            process.exit(7)
          }, 300)
        })
        setInterval(() => {}, 1000)
        output.write('first')
        output.flushSync()`),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    child.stdout.destroy()
    await once(child.stdout, 'close')
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    assert.equal(code, 7)
  })
}
