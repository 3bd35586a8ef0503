import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Words that there are, how often each is said falling with its rank as in real texts (Zipf). */
const VOCABULARY = 200_000
const EXPONENT = 1.07
/** Bytes of a file, about. */
const FILE = 1_400

export type Synthetic = {
  /** A Markdown file of about 1.4 kB: a title, three sections, sentences. */
  document(): string
  /** A whole sentence of 6 to 14 words, common ones among them, as people ask. */
  question(): string
}

/** The same texts for the same seed, on every machine. */
export function createSynthetic(seed: number): Synthetic {
  const random = createRandom(seed)
  const sums = new Float64Array(VOCABULARY)
  let sum = 0
  for (let rank = 0; rank < VOCABULARY; rank++) {
    sum += 1 / (rank + 2.7) ** EXPONENT
    sums[rank] = sum
  }
  const words = Array.from({ length: VOCABULARY }, (_, rank) => wordOf(rank))
  const word = () => {
    const wanted = random() * sum
    let low = 0
    let high = VOCABULARY - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sums[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return words[low] ?? ''
  }
  const sentence = (least: number, more: number) => {
    const text = Array.from({ length: least + Math.floor(random() * more) }, word).join(' ')
    return text.charAt(0).toUpperCase() + text.slice(1)
  }
  return {
    document() {
      let text = `# ${sentence(2, 5)}\n`
      for (let section = 0; section < 3; section++) {
        text += `\n## ${sentence(1, 4)}\n\n`
        const end = text.length + FILE / 3 - 40
        while (text.length < end) text += `${sentence(8, 16)}.\n`
      }
      return text
    },
    question: () => `${sentence(6, 9)}?`,
  }
}

/** Writes so many files below `folder`, a hundred in each of its folders; returns their bytes. */
export function writeFiles(folder: string, count: number, synthetic: Synthetic): number {
  let bytes = 0
  for (let index = 0; index < count; index++) {
    const within = join(folder, String(Math.floor(index / 100)))
    if (index % 100 === 0) mkdirSync(within, { recursive: true })
    const text = synthetic.document()
    bytes += text.length
    writeFileSync(join(within, `${index}.md`), text)
  }
  return bytes
}

const ONSETS = ['b', 'd', 'f', 'g', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'st', 'tr', 'pl', 'ch']
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou']
const CODAS = ['', 'n', 'r', 's', 't', 'l']

/** A word that can be spoken, the shorter the more often it is said; each rank has its own. */
function wordOf(rank: number): string {
  let word = ''
  for (let rest = rank + 1; rest > 0; ) {
    word += ONSETS[rest % ONSETS.length]
    rest = Math.floor(rest / ONSETS.length)
    word += VOWELS[rest % VOWELS.length]
    rest = Math.floor(rest / VOWELS.length)
    word += CODAS[rest % CODAS.length]
    rest = Math.floor(rest / CODAS.length)
  }
  return word
}

/** mulberry32: small, quick, the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
