import { type JsonAnswer, PostFault, postJson } from '../../ops/post-json.ts'
import { type Embedder, EmbedFault } from './embedder.ts'

/** Bytes of an answer for each text: 4096 numbers of some 20 characters. */
const ANSWER = 128 * 1024
const BATCH = 32

/** What answers as OpenAI's `POST /v1/embeddings` does: Ollama, LM Studio, vLLM, OpenAI and others. */
export function createEndpoint(options: { url: string; model: string; key: string | undefined }): Embedder {
  const { model, key } = options
  const url = embeddingsUrl(options.url)
  return {
    batch: BATCH,
    async embed(input, { milliseconds, signal }) {
      const answer = await postJson(
        { url, key },
        { model, input, encoding_format: 'float' },
        { patience: milliseconds, maxBytes: ANSWER * (input.length + 1), ...(signal ? { signal } : {}) },
      )
      if (answer instanceof PostFault) return new EmbedFault('away', answer.reason)
      return vectorsOf(answer, input.length)
    },
  }
}

/** People name the endpoint, or the base that clients of this shape ask for. */
export function embeddingsUrl(text: string): string {
  const url = new URL(text)
  const path = url.pathname.replace(/\/$/, '')
  if (!path.endsWith('/embeddings')) url.pathname = path === '' ? '/v1/embeddings' : `${path}/embeddings`
  return url.href
}

function vectorsOf({ status, json, headers }: JsonAnswer, count: number): Float32Array[] | EmbedFault {
  const said = `answered ${status}`
  if (status === 400 || status === 413 || status === 422) return new EmbedFault('input', said)
  if (status === 429 || status >= 500) {
    const seconds = /^\d{1,6}$/.exec(headers['retry-after'] ?? '')?.[0]
    return new EmbedFault('away', said, seconds === undefined ? undefined : Number(seconds))
  }
  if (status !== 200) return new EmbedFault('wrong', said)
  const data: unknown = isObject(json) ? json.data : undefined
  if (!Array.isArray(data) || data.length !== count)
    return new EmbedFault('wrong', 'answered no list of embeddings')
  const vectors = new Array<Float32Array | undefined>(count).fill(undefined)
  for (const [at, item] of (data as unknown[]).entries()) {
    if (!isObject(item)) break
    const index = typeof item.index === 'number' ? item.index : at
    if (Number.isInteger(index) && index >= 0 && index < count) vectors[index] = vectorOf(item.embedding)
  }
  const whole = vectors.filter((vector) => vector !== undefined)
  return whole.length === count
    ? whole
    : new EmbedFault('wrong', 'answered embeddings that are no lists of numbers')
}

function vectorOf(value: unknown): Float32Array | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > 65_536) return undefined
  if (!value.every((number) => typeof number === 'number' && Number.isFinite(number))) return undefined
  return Float32Array.from(value as number[])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
