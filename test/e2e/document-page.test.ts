/** A result's page in a real browser: opened at the passage, nothing loaded, nothing cut off. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { executablePath, PHONE, skip } from '../support/chromium.ts'
import { startServer } from '../support/running-server.ts'
import { callMcp, obtainTokens, registerClient } from '../support/scenario.ts'
import { OWNER } from '../support/site.ts'

const ALMANAC = [
  '---\ntitle: Almanac\n---\n\n# Almanac\n',
  ...Array.from({ length: 40 }, (_, index) => `## Chapter ${index}\n\n${'All is calm. '.repeat(60)}\n`),
  '## The mirror\n\nA mirror of **bronze** threw the light [far out](https://example.com/sea) to sea.\n',
  `| ship | ${'a wide cell '.repeat(12)}|\n|:--|--:|\n| Argo | fifty |\n`,
  '```\nconst mirror = "bronze"; // a line of code that is longer than a phone is wide, by a good deal\n```\n',
  '![a picture](https://example.com/picture.png) <img src="https://example.com/other.png">\n',
  ...Array.from({ length: 5 }, (_, index) => `## After ${index}\n\n${'All is calm again. '.repeat(60)}\n`),
].join('\n')

test('A-163 a result opens in a browser at its passage: nothing is loaded from elsewhere, nothing is cut off', {
  skip,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'corpusiq-page-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'almanac.md'), ALMANAC)
  await using server = await startServer({ folder })
  await server.says(/Corpus indexed/)
  const { access_token } = await obtainTokens(server, await registerClient(server))
  const call = { name: 'search', arguments: { query: 'bronze mirror ship' } }
  const answer = await callMcp(server, access_token, 'tools/call', call)
  const { result } = (await answer.json()) as {
    result: { structuredContent: { results: { url: string }[] } }
  }
  const [{ url } = assert.fail()] = result.structuredContent.results

  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], headless: true })
  t.after(() => browser.close())
  const context = await browser.newContext(PHONE)
  const page = await context.newPage()
  const complaints: string[] = []
  const foreign: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) foreign.push(request.url())
  })
  await page.goto(url)
  await page.fill('input[name="username"]', OWNER.username)
  await page.fill('input[type="password"]', OWNER.password)
  await page.click('button[type="submit"], button:not([type])')
  await page.waitForURL(/\/documents\//)
  // The way through the sign-in page loses the fragment: a link leads to the passage all the same.
  await page.click('a[href="#passage"]')
  const mark = page.locator('#passage')
  assert.equal(await mark.textContent(), 'The mirror')
  const seen = async () => {
    const box = await mark.boundingBox()
    return box !== null && box.y >= 0 && box.y < 844
  }
  assert.ok(await seen())
  await page.goto('about:blank')
  await page.goto(url)
  assert.ok(await seen(), 'with a session the address alone leads there')
  const width = await page.locator('html').evaluate((element) => element.scrollWidth)
  assert.ok(width <= 390, `${width} pixels wide`)
  assert.deepEqual([complaints, foreign], [[], []])
})
