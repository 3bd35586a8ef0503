import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { createWalk, walk } from './folder.ts'
import { parseIgnoreFile } from './ignore-pattern.ts'

function tree(t: TestContext, files: Readonly<Record<string, string>>) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'corpusiq-')))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  for (const [path, content] of Object.entries(files)) write(path, content)
  const folder = { name: 'notes', root, excluded: [] }
  const met = (under = '') => [...walk(folder, under, () => {})].map(({ path }) => path).toSorted()
  return { root, folder, write, met, remove: (path: string) => rmSync(join(root, path)) }
}

test('.gitignore: plain names, folders, anchors, stars, negation, the last rule that matches', (t) => {
  const { met } = tree(t, {
    '.gitignore': '# drafts\n\n*.log\n!keep.log\nbuild/\n/top.md\ndocs/*.txt\na/**/z.md\n\\#odd.md\n',
    'x.log': '',
    'keep.log': '',
    'build/a.md': '',
    'sub/build/a.md': '',
    'sub/top.md': '',
    'top.md': '',
    'docs/a.txt': '',
    'docs/deep/a.txt': '',
    'a/z.md': '',
    'a/b/c/z.md': '',
    '#odd.md': '',
    'sub/build.md': '',
  })
  assert.deepEqual(met(), ['docs/deep/a.txt', 'keep.log', 'sub/build.md', 'sub/top.md'])
})

test('an ignore file holds below its own folder, and a deeper one has the later word', (t) => {
  const { met } = tree(t, {
    '.gitignore': '*.txt',
    'a.txt': '',
    'a.md': '',
    'sub/.gitignore': '!*.txt\n*.md',
    'sub/b.txt': '',
    'sub/b.md': '',
    'sub/deep/c.txt': '',
  })
  assert.deepEqual(met(), ['a.md', 'sub/b.txt', 'sub/deep/c.txt'])
})

test('.corpusiqignore leaves out more, and re-includes what .gitignore leaves out', (t) => {
  const { met, write, remove } = tree(t, {
    '.gitignore': 'build/\n*.txt',
    '.corpusiqignore': '!build/\nprivate/\n',
    'build/a.md': '',
    'build/b.txt': '',
    'private/c.md': '',
    'd.md': '',
  })
  assert.deepEqual(met(), ['build/a.md', 'd.md'])
  write('.corpusiqignore', '!*.txt')
  assert.deepEqual(met(), ['d.md', 'private/c.md'])
  remove('.corpusiqignore')
  remove('.gitignore')
  assert.deepEqual(met(), ['build/a.md', 'build/b.txt', 'd.md', 'private/c.md'])
})

test('A-159 no ignore file brings back what is never looked at', (t) => {
  const { met } = tree(t, {
    '.corpusiqignore': '!*\n!.env\n!.git\n!.git/**\n!id_rsa\n!**/*.pem\n!node_modules/\n',
    '.env': '',
    '.git/notes.md': '',
    id_rsa: '',
    'server.pem': '',
    'node_modules/a/readme.md': '',
    'a.md': '',
  })
  assert.deepEqual(met(), ['a.md'])
  assert.deepEqual([...met('.git'), ...met('.git/notes.md'), ...met('.env'), ...met('node_modules/a')], [])
})

test('a walk that starts below knows the ignore files above', (t) => {
  const { met } = tree(t, { '.gitignore': 'out/\nsub/b.md', 'out/a.md': '', 'sub/b.md': '', 'sub/c.md': '' })
  assert.deepEqual(met('out'), [])
  assert.deepEqual(met('out/a.md'), [])
  assert.deepEqual(met('sub/b.md'), [])
  assert.deepEqual(met('sub'), ['sub/c.md'])
})

test('the work tree of a submodule or of a linked work tree: its .git file is never met', (t) => {
  const { met } = tree(t, { 'module/.git': 'gitdir: ../.git/modules/module', 'module/a.md': '' })
  assert.deepEqual(met(), ['module/a.md'])
})

test('an ignore file that cannot be honoured is told', (t) => {
  const { folder } = tree(t, { '.gitignore': 'a\n'.repeat(200_000), 'a.md': '' })
  const problems: string[] = []
  const met = [
    ...createWalk(
      folder,
      () => {},
      (path, reason) => problems.push(`${path}: ${reason}`),
    )(''),
  ]
  assert.equal(met.length, 1)
  assert.deepEqual(problems, ['.gitignore: larger than 262,144 bytes'])
})

test('A-174 patterns made to take long take no longer than others', () => {
  const name = 'a'.repeat(250)
  const began = performance.now()
  for (const pattern of [
    `${'a*'.repeat(100)}b`,
    `${'*a'.repeat(100)}*b`,
    `${'**/'.repeat(500)}b`,
    `/${'a*/'.repeat(100)}b`,
    '?*'.repeat(2000),
    '['.repeat(4000),
    '[[:'.repeat(1000),
    '\\'.repeat(4000),
  ]) {
    for (const rule of parseIgnoreFile(pattern, { ignoreCase: false })) {
      rule.matches(name, false)
      rule.matches(`${name}/`.repeat(16), true)
    }
  }
  assert.ok(performance.now() - began < 2000)
})

const withoutGit = spawnSync('git', ['--version']).status === 0 ? false : 'needs git'

test('whatever the patterns, the same files are left as Git leaves', { skip: withoutGit }, (t) => {
  const names = ['a', 'b', 'ab', 'a.b', 'a-b', 'b c', 'A', 'a]', '*', '!a', '#a']
  const paths = names.flatMap((one) => [
    `${one}.md`,
    `dir/${one}`,
    ...['a', 'b', 'ab'].flatMap((two) => [`sub/${one}.d/${two}`, `${one}.d/sub/${two}`]),
  ])
  const { root, met, write } = tree(t, Object.fromEntries(paths.map((path) => [path, ''])))
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  git('init', '-q')
  const piece = fc.constantFrom(
    ...['a', 'b', 'ab', '.', 'd', 'md', 'sub', 'dir', '*', '**', '?', '/', '/', '!', '#', ' ', '-'],
    ...['[ab]', '[!a]', '[^b]', '[a-b]', '[]]', '[]-a]', '[[:alpha:]]', '[a', '\\*', '\\!', '\\ ', '\\#'],
    ...['*.md', '.d/', '**/', '/**', '/**/'],
  )
  // Git compares two addresses of no relation where `**` stands beside anything but a slash: its answer varies.
  const settled = (line: string) => !/[^/]\*\*|\*\*[^/]/.test(line.replace(/^!/, ''))
  const line = fc
    .array(piece, { maxLength: 5 })
    .map((pieces) => pieces.join(''))
    .filter(settled)
  const file = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(file, file, fc.constantFrom('\n', '\r\n'), (above, below, ending) => {
      write('.gitignore', above.replaceAll('\n', ending))
      write('sub/.gitignore', below)
      const listed = git('ls-files', '--others', '--exclude-standard', '-z').split('\0')
      const left = listed.filter((path) => path !== '' && !path.endsWith('.gitignore'))
      assert.deepEqual(met(), left.toSorted())
    }),
    { numRuns: 300 },
  )
})
