/** Pages of the web as a source, through the corpus as it is served: a site on this machine, by TLS. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { writeAddedSources } from '../../src/corpus/sources/source-file.ts'
import { becomes, indexed, testFolder } from './folder.ts'

const PEM = readFileSync(new URL('../data/tls-of-tests.pem', import.meta.url), 'utf8')

async function site(t: TestContext, pages: Map<string, string>) {
  const server = createServer({ key: PEM, cert: PEM }, (request, response) => {
    const body = pages.get(request.url ?? '') || undefined
    if (request.url === '/sitemap.xml') {
      const urls = [...pages.keys()].map((path) => `<url><loc>${origin}${path}</loc></url>`)
      response.end(`<urlset>${urls.join('')}</urlset>`)
    } else if (body === undefined) response.writeHead(404).end()
    else response.setHeader('Content-Type', 'text/html').end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`
  return { origin, sitemap: `${origin}/sitemap.xml` }
}

const LOCAL = { unsafeAllowAddresses: ['127.0.0.1'], certificateAuthority: PEM }
const page = (title: string, text: string) =>
  `<!doctype html><title>${title}</title><main><h1>${title}</h1><p>${text}</p></main>`

test('pages are found beside files, each with the URL that it comes from; what changes and goes is followed', async (t) => {
  const pages = new Map([
    ['/green', page('Green', 'Steeped at eighty degrees.')],
    ['/black', page('Black', 'Steeped at a hundred degrees.')],
    ['/lost', ''],
  ])
  const { origin, sitemap } = await site(t, pages)
  const folder = testFolder(t, { 'a.md': 'Steeped at home.' })
  const corpus = await indexed(t, folder, {
    folders: [folder.path, `teas=${sitemap}`],
    unsafeWeb: LOCAL,
    webRefresh: 2,
  })
  await becomes(async () => (await corpus.paths('steeped')).length === 3)
  const [green] = await corpus.search('eighty', 1)
  assert.equal(green?.origin, `${origin}/green`)
  assert.equal(green?.collection, 'teas')
  assert.equal(green?.title, 'Green')
  assert.match(green?.path ?? '', /^localhost-\d+\/green\.html$/)
  const [file] = await corpus.search('home', 1)
  assert.equal(file?.origin, undefined)

  await becomes(async () => (await corpus.problems()).length > 0)
  assert.deepEqual(await corpus.problems(), [
    { collection: 'teas', path: `${origin}/lost`, reason: 'answered 404' },
  ])

  pages.set('/green', page('Green', 'Steeped at seventy degrees.'))
  pages.delete('/black')
  await becomes(async () => (await corpus.paths('seventy')).length === 1)
  await becomes(async () => (await corpus.paths('hundred')).length === 0)
  assert.equal((await corpus.search('seventy', 1))[0]?.id, green?.id)
})

test('a source that is added while the server runs is mirrored, and goes with all that came of it', async (t) => {
  const { sitemap } = await site(t, new Map([['/green', page('Green', 'Steeped at eighty degrees.')]]))
  const folder = testFolder(t, { 'a.md': 'Steeped at home.' })
  const corpus = await indexed(t, folder, { unsafeWeb: LOCAL })
  writeAddedSources(folder.dataDir, [{ name: 'teas', place: sitemap }])
  await becomes(async () => (await corpus.paths('eighty')).length === 1)
  assert.ok(existsSync(join(folder.dataDir, 'web', 'teas')))
  writeAddedSources(folder.dataDir, [])
  await becomes(async () => (await corpus.paths('eighty')).length === 0)
  await becomes(() => !existsSync(join(folder.dataDir, 'web', 'teas')))
})

test('A-140 a source inside the network is not read, and that is told', async (t) => {
  const { sitemap } = await site(t, new Map([['/green', page('Green', 'Steeped at eighty degrees.')]]))
  const folder = testFolder(t, { 'a.md': 'Steeped at home.' })
  const corpus = await indexed(t, folder, { folders: [folder.path, sitemap] })
  await becomes(() => corpus.told().some(({ reason }) => reason === 'names a host that is not public'))
  assert.deepEqual(await corpus.paths('steeped'), ['a.md'])
})

test('a source by http is refused at the start', async (t) => {
  const folder = testFolder(t)
  await assert.rejects(
    indexed(t, folder, { folders: ['http://docs.example/sitemap.xml'] }),
    /is not https: pages are fetched by https alone/,
  )
})
