import { type IgnoreRule, parseIgnoreFile } from './ignore-pattern.ts'

/** Git's own, and ours, which has the last word: it may re-include what Git's leaves out. */
export const IGNORE_FILES = ['.gitignore', '.corpusiqignore'] as const

/** The ignore files that hold in a folder: its own and those of the folders above it. */
export type Ignoring = {
  /** Whether something in this folder is left out. What is in a folder that is left out is never asked about. */
  isIgnored(path: string, isDirectory: boolean): boolean
  /** What holds in a folder below, with its own ignore files read from `names`, or tried where those are unknown. */
  below(path: string, names?: readonly string[]): Ignoring
}

type RuleSet = { readonly prefix: number; readonly rules: readonly IgnoreRule[] }

/** On these the file system takes `Build` and `build` for one, and Git does so too. */
const IGNORE_CASE = process.platform === 'darwin' || process.platform === 'win32'

/** What holds above a source: nothing. `read` gives the text of the file at a path, if there is one. */
export function ignoringNothing(read: (path: string) => string | undefined): Ignoring {
  return ignoring(read, [], [])
}

function ignoring(
  read: (path: string) => string | undefined,
  git: readonly RuleSet[],
  own: readonly RuleSet[],
): Ignoring {
  return {
    isIgnored: (path, isDirectory) =>
      verdict(own, path, isDirectory) ?? verdict(git, path, isDirectory) ?? false,
    below(folder, names) {
      const prefix = folder === '' ? 0 : folder.length + 1
      const [gitFile, ownFile] = IGNORE_FILES.map((name) => {
        if (names && !names.includes(name)) return []
        const text = read(folder === '' ? name : `${folder}/${name}`)
        return text === undefined
          ? []
          : [{ prefix, rules: parseIgnoreFile(text, { ignoreCase: IGNORE_CASE }) }]
      })
      if (!gitFile?.length && !ownFile?.length) return this
      return ignoring(read, [...(gitFile ?? []), ...git], [...(ownFile ?? []), ...own])
    },
  }
}

/** The last rule of the deepest file that matches decides. */
function verdict(sets: readonly RuleSet[], path: string, isDirectory: boolean): boolean | undefined {
  for (const { prefix, rules } of sets) {
    const below = prefix === 0 ? path : path.slice(prefix)
    const rule = rules.findLast((one) => one.matches(below, isDirectory))
    if (rule) return !rule.negated
  }
  return undefined
}
