import type { EmbeddingsSource } from '../../ops/settings.ts'
import { type Embedder, EmbedFault } from './embedder.ts'
import { createEndpoint } from './endpoint.ts'
import { createLocalModel } from './local-model.ts'
import { type Quantised, quantise } from './quantise.ts'

/** Characters of a question that are embedded. */
export const QUESTION = 2_000

export function createEmbedder(source: EmbeddingsSource): Embedder {
  return 'folder' in source ? createLocalModel(source.folder) : createEndpoint(source)
}

/** The vector of one question, for who asks once; undefined where there is nothing in it. */
export async function questionVector(
  source: EmbeddingsSource,
  question: string,
  milliseconds: number,
): Promise<Quantised | undefined | EmbedFault> {
  const text = question.trim().slice(0, QUESTION)
  if (text === '') return undefined
  const embedded = await createEmbedder(source).embed([text], { milliseconds })
  if (embedded instanceof EmbedFault) return embedded
  const [vector] = embedded
  return vector && quantise(vector)
}
