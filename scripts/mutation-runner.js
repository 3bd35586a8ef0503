/**
 * The test runner that scripts/mutation.ts hands to StrykerJS: the tests of src/oauth in the runner's own process, since
 * they are pure functions' tests and a process for each mutant would take ten times as long. A mutant that is met while
 * modules load is tried on modules loaded anew, every other one on those that are there.
 */
import { globSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import { determineHitLimitReached, toMutantRunResult } from '@stryker-mutator/api/test-runner'

const TESTS = 'src/oauth/*.test.ts'
const COLLECTOR = `data:text/javascript,export const test = globalThis.collectTest; export default test`

/** What the instrumented code and this runner tell each other; the code keeps hold of the object, so it is filled, not replaced. */
const stryker = {}
globalThis.__stryker__ = stryker

let generation = 0
let collect = () => {}
globalThis.collectTest = (name, ...rest) => collect(name, rest.at(-1))

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'node:test') return { url: `${COLLECTOR}//${generation}`, shortCircuit: true }
    const resolved = next(specifier, context)
    // The worker changes to the sandbox after it has loaded this file.
    if (!resolved.url.startsWith(pathToFileURL(join(process.cwd(), 'src/oauth/')).href)) return resolved
    return { ...resolved, url: `${resolved.url.replace(/\?.*/, '')}?${generation}` }
  },
})

/** The tests of a file, its modules loaded as the generation has them. */
async function testsOf(file) {
  const tests = []
  collect = (name, run) => tests.push({ id: `${file}: ${name}`, name, file, run })
  // A generation in the name here too: the loader asks the hook once for each name and importer.
  await import(`${pathToFileURL(join(process.cwd(), file)).href}?${generation}`)
  return tests
}

async function tried({ id, name, file, run }) {
  const began = performance.now()
  const told = { id, name, fileName: file }
  try {
    await run({ diagnostic() {} })
    return { ...told, status: 0, timeSpentMs: performance.now() - began }
  } catch (fault) {
    return {
      ...told,
      status: 1,
      timeSpentMs: performance.now() - began,
      failureMessage: String(fault?.message ?? fault),
    }
  }
}

class Runner {
  #files = globSync(TESTS)
    .map((file) => file.replaceAll('\\', '/'))
    .sort()
  /** The tests on modules that no mutant was active in, by file. */
  #loaded = new Map()

  capabilities() {
    return { reloadEnvironment: true }
  }

  async dryRun() {
    stryker.mutantCoverage = { static: {}, perTest: {} }
    const tests = []
    for (const file of this.#files) {
      for (const test of await this.#testsOf(file)) {
        stryker.currentTestId = test.id
        tests.push(await tried(test))
        stryker.currentTestId = undefined
      }
    }
    return { status: 'complete', tests, mutantCoverage: stryker.mutantCoverage }
  }

  async mutantRun({ activeMutant, mutantActivation, sandboxFileName, testFilter, hitLimit, disableBail }) {
    stryker.hitLimit = hitLimit
    stryker.hitCount = hitLimit === undefined ? undefined : 0
    const chosen = testFilter && new Set(testFilter)
    const anew = mutantActivation === 'static'
    if (anew) {
      generation++
      stryker.activeMutant = activeMutant.id
    }
    const results = []
    try {
      files: for (const file of this.#near(sandboxFileName)) {
        if (chosen && !testFilter.some((id) => id.startsWith(`${file}: `))) continue
        for (const test of await (anew ? testsOf(file) : this.#testsOf(file))) {
          if (chosen && !chosen.has(test.id)) continue
          stryker.activeMutant = activeMutant.id
          results.push(await tried(test))
          if (!anew) stryker.activeMutant = undefined
          const over = determineHitLimitReached(stryker.hitCount, hitLimit)
          if (over) return over
          if (results.at(-1).status === 1 && !disableBail) break files
        }
      }
    } catch (fault) {
      // The modules themselves threw: no test of theirs can pass.
      results.push({
        id: 'load',
        name: 'load',
        status: 1,
        timeSpentMs: 0,
        failureMessage: String(fault?.message ?? fault),
      })
    } finally {
      stryker.activeMutant = undefined
      // Whoever comes next and takes modules as they are must not find the mutant in them.
      if (anew) {
        this.#loaded.clear()
        generation++
      }
    }
    return toMutantRunResult({ status: 'complete', tests: results })
  }

  async #testsOf(file) {
    if (!this.#loaded.has(file)) this.#loaded.set(file, await testsOf(file))
    return this.#loaded.get(file)
  }

  /** The test files that load what is mutated, the one beside it first. */
  #near(mutated) {
    const file = relative(process.cwd(), mutated).replaceAll('\\', '/')
    const beside = file.replace(/\.ts$/, '.test.ts')
    return this.#files
      .filter((test) => loadedBy(test).has(file))
      .sort((a, b) => Number(b === beside) - Number(a === beside))
  }
}

/** The files of the room that one loads, itself among them. */
function loadedBy(file, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/from ["']\.\/(.+?\.ts)["']/g)) {
    loadedBy(`src/oauth/${name}`, seen)
  }
  return seen
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', () => new Runner())]
