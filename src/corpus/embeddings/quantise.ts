/** A vector of length 1 as whole numbers from -127 to 127, each times `scale`: a quarter of the room, and of the time to scan. */
export type Quantised = { readonly numbers: Int8Array; readonly scale: number }

/** Normalises and quantises; undefined for what has no direction (zeros) or is no number. */
export function quantise(vector: Float32Array): Quantised | undefined {
  let squares = 0
  let most = 0
  for (const number of vector) {
    squares += number * number
    most = Math.max(most, Math.abs(number))
  }
  const length = Math.sqrt(squares)
  if (!(length > 0 && Number.isFinite(length))) return undefined
  const step = most / 127
  const numbers = Int8Array.from(vector, (number) => Math.round(number / step))
  return { numbers, scale: step / length }
}

/** The sum of products of `numbers` with what stands in `all` from `at` on: whole, below 2³¹ for any length that exists. */
export function dot(numbers: Int8Array, all: Int8Array, at: number): number {
  const { length } = numbers
  let one = 0
  let two = 0
  let three = 0
  let four = 0
  let index = 0
  for (; index + 3 < length; index += 4) {
    one += (numbers[index] as number) * (all[at + index] as number)
    two += (numbers[index + 1] as number) * (all[at + index + 1] as number)
    three += (numbers[index + 2] as number) * (all[at + index + 2] as number)
    four += (numbers[index + 3] as number) * (all[at + index + 3] as number)
  }
  for (; index < length; index++) one += (numbers[index] as number) * (all[at + index] as number)
  return one + two + three + four
}
