/** The walls of the house (docs/architecture.md), as a test: who may import whom, and who may touch the world. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Rooms by rank: a file imports from a lower rank, or from its own room. */
const RANKS: Record<string, number> = {
  oauth: 0,
  ops: 1,
  // What the features stand on. Below them in this order: web may name what the store reports.
  store: 1.3,
  web: 1.6,
  registration: 2,
  accounts: 2,
  authorization: 2,
  token: 2,
  metadata: 2,
  mcp: 2,
  corpus: 2,
  documents: 2,
  connections: 2,
  console: 2,
  doctor: 2,
  'app.ts': 3,
  // The app with the world behind it: opens what it needs, in order, and closes it again.
  'instance.ts': 4,
  adapters: 4,
  cli: 5,
  'index.ts': 5,
}

/** What touches the world or throws the dice, and where alone it may. */
const EFFECTS: readonly { what: RegExp; rooms: readonly string[]; unless?: RegExp }[] = [
  { what: /\bDate\.now\b|\bnew Date\(\)/, rooms: ['ops'] },
  {
    what: /\brandomBytes\b|\brandomUUID\b|\brandomInt\b|\bgetRandomValues\b|\bMath\.random\b/,
    rooms: ['ops'],
  },
  { what: /\bprocess\.env\b/, rooms: ['ops', 'cli'] },
  { what: /\bconsole\.(log|error|warn|info|debug)\b/, rooms: ['ops', 'cli'] },
  { what: /\bglobalThis\.fetch\b/, rooms: ['ops'] },
  // A function of that name is ours where the file declares or is handed one.
  {
    what: /(\bawait|\breturn|=>|[=(,?:])\s*fetch\(/,
    rooms: ['ops'],
    unless: /\bfunction fetch\b|\bconst fetch\b|\{[^{}]*\bfetch\b[^{}]*\}(: \w+)?\)?( =|:)/,
  },
]

type Exception = { readonly file: string; readonly rule: string; readonly reason: string }

/** Every exception is a row with its reason. `rule` is what the failing line says after the file's name. */
const EXCEPTIONS: readonly Exception[] = []

type Source = { readonly path: string; readonly room: string; readonly text: string; readonly code: string }

function sources(pattern: string): Source[] {
  return globSync(pattern, { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return { path, room: path.split('/')[1] ?? '', text, code: withoutComments(text) }
    })
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}

const isTest = ({ path }: Source) => path.endsWith('.test.ts')
const PRODUCT = sources('src/**/*.ts').filter((source) => !isTest(source))

type Import = { readonly specifier: string; readonly typeOnly: boolean }

function importsOf({ code }: Source): Import[] {
  const found: Import[] = []
  for (const match of code.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?\bfrom\s+['"]([^'"]+)['"]/gm)) {
    found.push({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined })
  }
  for (const match of code.matchAll(/^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm)) {
    found.push({ specifier: match[1] ?? match[2] ?? '', typeOnly: false })
  }
  return found
}

/** Fails with one line for each breach that is no exception, and for each exception that is none any more. */
function expectNone(rule: RegExp, breaches: readonly { file: string; rule: string }[]): void {
  const open = breaches.filter(
    (breach) => !EXCEPTIONS.some((row) => row.file === breach.file && row.rule === breach.rule),
  )
  const idle = EXCEPTIONS.filter(
    (row) =>
      rule.test(row.rule) && !breaches.some((breach) => row.file === breach.file && row.rule === breach.rule),
  )
  const lines = [
    ...open.map((breach) => `${breach.file}: ${breach.rule}`),
    ...idle.map((row) => `${row.file}: ${row.rule}: an exception that nobody needs`),
  ]
  assert.deepEqual(lines, [])
}

test('every room has a rank', () => {
  const rooms = new Set(PRODUCT.map(({ room }) => room))
  assert.deepEqual(
    [...rooms].filter((room) => !(room in RANKS)),
    [],
  )
})

test('a file imports from a lower rank or its own room; features never import each other', () => {
  const breaches = []
  for (const source of PRODUCT) {
    for (const { specifier, typeOnly } of importsOf(source)) {
      if (!specifier.startsWith('.')) continue
      const target = posix.join(dirname(source.path), specifier)
      const room = target.split('/')[1] ?? ''
      if (room === source.room) continue
      // The one port that stands in a feature: whoever serves a corpus names its type.
      if (typeOnly && target === 'src/corpus/corpus.ts') continue
      const own = RANKS[source.room] ?? Number.NaN
      const other = RANKS[room] ?? Number.NaN
      if (!(other < own)) breaches.push({ file: source.path, rule: `imports ${target}` })
    }
  }
  expectNone(/^imports /, breaches)
})

test('oauth is pure: no module of Node but crypto, no package', () => {
  const breaches = PRODUCT.filter(({ room }) => room === 'oauth').flatMap((source) =>
    importsOf(source)
      .filter(({ specifier }) => !specifier.startsWith('.') && specifier !== 'node:crypto')
      .map(({ specifier }) => ({ file: source.path, rule: `needs ${specifier}` })),
  )
  expectNone(/^needs /, breaches)
})

test('the doctor judges from outside: it knows the standards and the world, nothing else of the house', () => {
  const breaches = PRODUCT.filter(({ room }) => room === 'doctor').flatMap((source) =>
    importsOf(source)
      .filter(({ specifier }) => specifier.startsWith('../') && !/^(\.\.\/)+(oauth|ops)\//.test(specifier))
      .map(({ specifier }) => ({ file: source.path, rule: `knows ${specifier}` })),
  )
  expectNone(/^knows /, breaches)
})

test('time, dice, environment, network and console are touched in their rooms alone', () => {
  const breaches = PRODUCT.flatMap((source) =>
    EFFECTS.filter(
      ({ what, rooms, unless }) =>
        !rooms.includes(source.room) && what.test(source.code) && !unless?.test(source.code),
    ).map(({ what }) => ({ file: source.path, rule: `touches ${what.exec(source.code)?.[0]}` })),
  )
  expectNone(/^touches /, breaches)
})

test('imports make no circle', () => {
  const graph = new Map(
    PRODUCT.map((source) => [
      source.path,
      importsOf(source)
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => posix.join(dirname(source.path), specifier)),
    ]),
  )
  const done = new Set<string>()
  const walk = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `a circle: ${[...trail, path].join(' → ')}`)
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
})

test('no default exports', () => {
  const breaches = PRODUCT.filter(({ code }) => /^export default\b/m.test(code)).map(({ path }) => ({
    file: path,
    rule: 'exports a default',
  }))
  expectNone(/^exports a default/, breaches)
})

test('names are kebab-case nouns; no drawer for what has no name', () => {
  const drawer = /^(utils?|helpers?|common|shared|types|misc|lib|managers?|services?)$/
  const breaches = sources('{src,test,scripts,bench}/**/*.ts').flatMap(({ path }) =>
    path
      .replace(/(\.test)?\.ts$/, '')
      .split('/')
      .filter((part) => drawer.test(part) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))
      .map((part) => ({ file: path, rule: `is named ${part}` })),
  )
  expectNone(/^is named /, breaches)
})

test('a file of the product is at most 400 lines', () => {
  const breaches = PRODUCT.filter(({ text }) => text.split('\n').length > 401).map(({ path }) => ({
    file: path,
    rule: 'is longer than 400 lines',
  }))
  expectNone(/^is longer /, breaches)
})

test('every exception names its reason and its file', () => {
  for (const { file, reason } of EXCEPTIONS) {
    assert.ok(reason.length > 20, file)
    assert.equal(globSync(file, { cwd: ROOT }).length, 1, relative(ROOT, file))
  }
})
