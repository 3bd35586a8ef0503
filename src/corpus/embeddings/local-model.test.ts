import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'
import { EmbedFault } from './embedder.ts'
import { createLocalModel } from './local-model.ts'

const SOON = { milliseconds: 1_000 }

/** Stands for `@huggingface/transformers`: says what it was asked for by what it answers. */
const STAND_IN = `
export const env = { allowRemoteModels: true, allowLocalModels: false, localModelPath: '/models/' }
export async function pipeline(task, model) {
  if (model === 'broken') throw new Error('no onnx file')
  if (env.allowRemoteModels || !env.allowLocalModels || task !== 'feature-extraction') throw new Error('not local')
  return async (texts, { pooling, normalize }) => {
    if (texts.includes('bad')) throw new Error('too long')
    const rows = texts.map((text) => [text.length, model.length, env.localModelPath.length, pooling === 'mean' && normalize ? 1 : 0])
    return { dims: model === 'odd' ? [texts.length] : [texts.length, 4], data: Float32Array.from(rows.flat()) }
  }
}`

const fault = (embedded: unknown) =>
  embedded instanceof EmbedFault ? `${embedded.kind}: ${embedded.reason}` : embedded

test('without the package one line says what to install', async () => {
  const embedded = await createLocalModel('/models/small').embed(['tea'], SOON)
  assert.equal(
    fault(embedded),
    'wrong: needs the package @huggingface/transformers: npm install @huggingface/transformers',
  )
})

test('a model in a folder gives vectors, and nothing is fetched from elsewhere', async (t) => {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@huggingface/transformers'
        ? { url: `data:text/javascript,${encodeURIComponent(STAND_IN)}`, shortCircuit: true }
        : next(specifier, context),
  })
  t.after(() => hooks.deregister())
  const embedded = await createLocalModel('/models/small').embed(['tea', 'coffee'], SOON)
  assert.deepEqual(embedded, [Float32Array.from([3, 5, 7, 1]), Float32Array.from([6, 5, 7, 1])])
  assert.equal(fault(await createLocalModel('/models/small').embed(['bad'], SOON)), 'input: fails: too long')
  assert.equal(fault(await createLocalModel('/models/odd').embed(['tea'], SOON)), 'wrong: gives no vectors')
  assert.equal(
    fault(await createLocalModel('/models/broken').embed(['tea'], SOON)),
    'wrong: cannot be loaded from /models/broken: no onnx file',
  )
})
