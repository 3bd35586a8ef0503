/**
 * Which attacks of catalogue.json have a test. A test says which attack it is about by the number in its name
 * (`A-021 active schemes …`); an attack without one is named, with the reason, in docs/security.md.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import catalogue from './catalogue.json' with { type: 'json' }

export type Attack = {
  /** `A-001` … `A-188`. */
  readonly number: string
  readonly group: number
  /** M: a standard's MUST, or a loss. H: a SHOULD, or what hurt a peer. C: care. */
  readonly severity: string
  readonly title: string
  readonly source: string
}

/** Where the attacks of this stage stand: each is in one list. */
export type Coverage = {
  readonly tested: readonly Attack[]
  readonly excused: readonly (Attack & { readonly reason: string })[]
  readonly open: readonly Attack[]
  /** Numbers in tests or in docs/security.md that no attack has. */
  readonly unknown: readonly string[]
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export const ATTACKS: readonly Attack[] = catalogue.attacks
export const GROUPS: readonly { group: number; title: string; stage: string; reason?: string }[] =
  catalogue.groups

export function coverage(
  numbers: ReadonlySet<string> = testedNumbers(),
  reasons: ReadonlyMap<string, string> = excusedNumbers(read('docs/security.md')),
): Coverage {
  const now = new Set(GROUPS.filter(({ stage }) => stage === 'now').map(({ group }) => group))
  const left = ATTACKS.filter(({ group, number }) => now.has(group) && !numbers.has(number))
  return {
    tested: ATTACKS.filter(({ number }) => numbers.has(number)),
    excused: left.flatMap((attack) => {
      const reason = reasons.get(attack.number)
      return reason === undefined ? [] : [{ ...attack, reason }]
    }),
    open: left.filter(({ number }) => !reasons.has(number)),
    unknown: [...numbers, ...reasons.keys()].filter(
      (number) => !ATTACKS.some((attack) => attack.number === number),
    ),
  }
}

/** The numbers in the names of all tests of the project. */
function testedNumbers(): Set<string> {
  const files = globSync('{src,test}/**/*.test.ts', { cwd: ROOT })
  return new Set(files.flatMap((file) => numbersIn(read(file))))
}

/** A test's name is a literal, or begins with one. What is skipped or yet to do tests nothing. */
const NAME =
  /\b(?:test|it|describe|suite)(?:\.only)?\(\s*(?:'((?:\\.|[^'\\])*)|"((?:\\.|[^"\\])*)|`((?:\\.|[^`\\])*))/g

/** The attacks that the names of the tests of one file speak of. */
export function numbersIn(source: string): string[] {
  return [...source.matchAll(NAME)].flatMap(([, single, double, template]) => {
    const name = single ?? double ?? template ?? ''
    return name.match(/\bA-\d{3}\b/g) ?? []
  })
}

/**
 * The numbers that docs/security.md gives a reason for: the list items below the heading that says `without a
 * test`, as `- A-037 — the reason` or `- A-036, A-037 — the reason`.
 */
export function excusedNumbers(markdown: string): Map<string, string> {
  const reasons = new Map<string, string>()
  let inside = false
  for (const line of markdown.split('\n')) {
    if (/^#+ /.test(line)) inside = /without a test/i.test(line)
    const item = inside ? /^[-*] \**((?:A-\d{3}(?:, )?)+)\**(?:: *| — )(\S.*)$/.exec(line) : null
    for (const number of item?.[1]?.match(/A-\d{3}/g) ?? []) reasons.set(number, item?.[2] ?? '')
  }
  return reasons
}

function read(file: string): string {
  try {
    return readFileSync(join(ROOT, file), 'utf8')
  } catch {
    return ''
  }
}
