import { basename, dirname } from 'node:path'
import { messageOf } from '../../ops/fault.ts'
import { type Embedder, EmbedFault } from './embedder.ts'

/** What we use of `@huggingface/transformers`, which whoever wants a model of his own installs beside us. */
type Transformers = {
  readonly env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string }
  pipeline(task: 'feature-extraction', model: string): Promise<Extractor>
}
type Extractor = (
  texts: string[],
  options: { pooling: 'mean'; normalize: true },
) => Promise<{ readonly dims: readonly number[]; readonly data: ArrayLike<number> }>

/** Few, so that a question need not wait long for its turn. */
const BATCH = 4

/** Not named in an import, so that neither build nor start asks for it. */
const PACKAGE: string = '@huggingface/transformers'

/** A model in a folder (ONNX, as on Hugging Face: `config.json`, `tokenizer.json`, `onnx/`). Nothing is downloaded. */
export function createLocalModel(folder: string): Embedder {
  let loading: Promise<Extractor | EmbedFault> | undefined
  return {
    batch: BATCH,
    async embed(texts) {
      loading ??= load(folder)
      const extract = await loading
      if (extract instanceof EmbedFault) return extract
      try {
        const { dims, data } = await extract([...texts], { pooling: 'mean', normalize: true })
        const [count, length] = dims
        if (dims.length !== 2 || count !== texts.length || !length)
          return new EmbedFault('wrong', `gives no vectors`)
        return texts.map((_, index) =>
          Float32Array.from({ length }, (_, at) => data[index * length + at] ?? Number.NaN),
        )
      } catch (fault) {
        return new EmbedFault('input', `fails: ${shortly(fault)}`)
      }
    },
  }
}

async function load(folder: string): Promise<Extractor | EmbedFault> {
  let transformers: Transformers
  try {
    transformers = (await import(PACKAGE)) as Transformers
  } catch {
    return new EmbedFault('wrong', `needs the package ${PACKAGE}: npm install ${PACKAGE}`)
  }
  try {
    transformers.env.allowRemoteModels = false
    transformers.env.allowLocalModels = true
    transformers.env.localModelPath = dirname(folder)
    return await transformers.pipeline('feature-extraction', basename(folder))
  } catch (fault) {
    return new EmbedFault('wrong', `cannot be loaded from ${folder}: ${shortly(fault)}`)
  }
}

function shortly(fault: unknown): string {
  return messageOf(fault).slice(0, 300)
}
