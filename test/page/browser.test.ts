/** The page in a real browser, without a network. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser, type Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { useCli } from '../helpers/cli.js'

/** A browser of the system, or the one inside an npm package; its first line of complaint where none starts. */
async function launch(): Promise<Browser | string> {
  try {
    const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))
    return await playwright.launch(system === undefined ? { executablePath: await chromium.executablePath(), args: ['--no-sandbox', '--disable-gpu'] } : { executablePath: system, args: ['--no-sandbox'] })
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'no reason given'
  }
}

const browser = await launch()
const cli = useCli()

afterAll(async () => {
  if (typeof browser !== 'string') await browser.close()
})

interface Opened { readonly page: Page; readonly asked: readonly string[]; readonly errors: readonly string[] }

async function open(file: string): Promise<Opened> {
  const page = await (browser as Browser).newPage()
  const asked: string[] = []
  const errors: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => errors.push(message.text()))
  await page.goto(`file://${file}`)
  return { page, asked, errors }
}

const verdictOf = async ({ page }: Opened): Promise<string> => {
  await page.waitForFunction('document.getElementById("verdict").className !== "pending"')
  return await page.locator('#verdict').innerText()
}

const EVIL = '</script><script>document.title="pwned"</script><img src=x onerror="document.title=1">'

async function aPage(): Promise<string> {
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\nB=2\n')
  await cli.ok(['CFG', 'the first config', '--file', 'a.env', '--agent', 'qwen', '--reason', EVIL])
  writeFileSync(join(cli.project, 'a.env'), `A=1\nB=3\n${EVIL}\n`)
  await cli.ok(['add', 'CFG', EVIL, '-a', '--meta', `x=${EVIL}`, '--agent', EVIL])
  await cli.ok(['export', 'html', 'trail.html'])
  return join(cli.project, 'trail.html')
}

describe.skipIf(typeof browser === 'string')(`the page in a browser${typeof browser === 'string' ? ` (none starts here: ${browser})` : ''}`, () => {
  it('verifies and shows what it holds, asks nobody for anything, and takes no text for markup', async () => {
    const file = await aPage()
    const opened = await open(file)
    expect(await verdictOf(opened)).toContain('Whole, relative to its heads')
    const { page } = opened
    expect(await page.locator('.row').count()).toBe(3)
    for (const row of await page.locator('.row').all()) await row.click()
    expect(await page.locator('.atom .removed').allInnerTexts()).toContain('-B=2\n')
    expect(await page.locator('.atom pre').allInnerTexts()).toContain(EVIL)
    expect(await page.title()).toBe('A trail of ATOMs')
    await page.fill('#search', 'the first')
    expect(await page.locator('.row').count()).toBe(1)
    expect(opened.asked).toEqual([`file://${file}`])
    expect(opened.errors).toEqual([])
    // What the file says by itself is that nothing is verified.
    expect(readFileSync(file, 'utf8').split('<script>')[0]).toContain('<h2>Not verified</h2>')
  })

  it('finds a flipped byte, in whatever line of the trail', async () => {
    const file = await aPage()
    const text = readFileSync(file)
    const begin = text.indexOf('id="trail">\n') + 12
    const end = text.indexOf('</script>', begin)
    for (const at of [begin, begin + 200, (begin + end) >> 1, end - 5, end - 1]) {
      const damaged = Buffer.from(text)
      damaged[at] = (damaged[at] as number) ^ 1
      const other = `${file}.${String(at)}.html`
      writeFileSync(other, damaged)
      const opened = await open(other)
      expect([at, await verdictOf(opened)]).toEqual([at, expect.stringMatching(/errors? found/)])
      await opened.page.close()
    }
  })

  it('does not call itself verified when a byte of its program was flipped', async () => {
    const file = await aPage()
    const text = readFileSync(file)
    const at = text.lastIndexOf('</script>') - 100
    text[at] = (text[at] as number) ^ 1
    writeFileSync(file, text)
    const opened = await open(file)
    expect(await opened.page.locator('#verdict').innerText()).toContain('Not verified')
    expect(opened.errors.join()).toContain('Content Security Policy')
  })

  it('compares its heads with what was noted elsewhere, and gives the trail out', async () => {
    const file = await aPage()
    const main = (await cli.ok(['rev-parse', 'main'])).trim()
    const opened = await open(file)
    await verdictOf(opened)
    await opened.page.locator('summary', { hasText: 'Heads' }).click()
    await opened.page.fill('#heads input', '0'.repeat(64))
    await opened.page.click('#heads button')
    await opened.page.waitForFunction('document.getElementById("verdict").className === "broken"')
    await opened.page.fill('#heads input', main)
    await opened.page.click('#heads button')
    await opened.page.waitForFunction('document.getElementById("verdict").className === "whole"')
    const download = opened.page.waitForEvent('download')
    await opened.page.click('#save')
    await (await download).saveAs(join(cli.home, 'trail.car'))
    expect(JSON.parse(await cli.ok(['bundle', 'verify', '../trail.car', '--json']))).toMatchObject({ ok: true, atoms: 3 })
  })
})
