/** The examples of README.md and docs/api.md run: each in a process of its own, in a copy of one prepared store. */
import { buildSync, transformSync } from 'esbuild'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, textOf } from './sources.js'

const PAGES = ['README.md', 'docs/api.md']
const LINES_MAX = 6
/** Below the project, so that packages are found. */
const built = join(ROOT, 'node_modules/.atom-snippets')
const library = join(built, 'library.mjs')
const home = mkdtempSync(join(tmpdir(), 'atom-snippets-'))
const prepared = join(home, 'prepared')

/** What docs/api.md says that the store of its examples holds. */
const PREPARE = `
import { createStore, openStore } from 'atom-trail'
import { writeFileSync } from 'node:fs'
await createStore('.', { project: 'bazza-dx' })
const store = await openStore('.', { agent: 'claude-code' })
writeFileSync('gaming.env', 'DXVK=2.3\\n')
await store.add({ type: 'CFG', title: 'First config', files: ['gaming.env'], date: '2024-11-25' })
await store.createTag({ name: 'good' })
await store.createBranch({ name: 'idea' })
await store.add({ type: 'RESEARCH', title: 'DXVK 2.4 is out', branch: 'idea' })
writeFileSync('gaming.env', 'DXVK=2.4\\n')
await store.add({ type: 'CFG', title: 'Newer DXVK', files: ['gaming.env'], influencedBy: ['idea'], tokens: { total: 1200 } })
await store.close()
`

interface Snippet { readonly name: string; readonly code: string }

function snippetsOf(page: string): readonly Snippet[] {
  const text = textOf(page)
  return [...text.matchAll(/^```js\n([\s\S]*?)^```/gm)].map((match) => ({
    name: `${page}:${String(text.slice(0, match.index).split('\n').length)}`,
    code: match[1] ?? '',
  }))
}

/** Gives a snippet what the page's introduction promises: an open `store`, and the imports that it does not show. */
function complete({ code }: Snippet): string {
  const isWhole = code.includes('openStore(') || code.includes('createStore(')
  const imported = /^import .*'atom-trail'/m.test(code) ? '' : 'const { createStore, openStore, toAtomJson } = atomTrail\n'
  return `import * as atomTrail from 'atom-trail'\n${imported}${isWhole ? '' : 'await using store = await atomTrail.openStore(\'.\')\n'}${code}`
}

function run(name: string, code: string, cwd: string): Promise<{ readonly status: number | null; readonly output: string }> {
  const file = join(built, `${name.replaceAll(/[^\w]/g, '-')}.mjs`)
  // Node 20 has no `await using`.
  writeFileSync(file, transformSync(code.replaceAll('\'atom-trail\'', JSON.stringify(library)), { loader: 'js', format: 'esm', target: 'node20' }).code)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], { cwd, env: { PATH: process.env['PATH'], HOME: home, USER: 'ann', TZ: 'UTC' } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.on('error', reject)
    child.on('close', (status) => { resolve({ status, output }) })
  })
}

beforeAll(async () => {
  for (const folder of [built, prepared]) mkdirSync(folder, { recursive: true })
  buildSync({ entryPoints: [join(ROOT, 'src/index.ts')], outfile: library, bundle: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external', logLevel: 'error' })
  expect(await run('prepare', PREPARE, prepared)).toEqual({ status: 0, output: '' })
})
afterAll(() => { for (const folder of [home, built]) rmSync(folder, { recursive: true, force: true }) })

describe.each(PAGES)('%s', (page) => {
  it.concurrent.each(snippetsOf(page))('$name', async (snippet) => {
    const cwd = join(home, snippet.name.replaceAll('/', '-'))
    cpSync(prepared, cwd, { recursive: true })
    const { status, output } = await run(snippet.name, complete(snippet), cwd)
    expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' })
  })

  it('keeps its examples short', () => {
    expect(snippetsOf(page).filter(({ code }) => code.trim().split('\n').length > LINES_MAX).map(({ name }) => name)).toEqual([])
  })
})

it('docs/api.md has every method of a store and every value of the library', async () => {
  const text = textOf('docs/api.md')
  const headings = [...text.matchAll(/^### (.*)$/gm)].flatMap((match) => [...(match[1] ?? '').matchAll(/`(?:await |new )?(?:store\.)?(\w+)/g)].map((found) => found[1]))
  const source = textOf('src/app/library/atom-store.ts')
  const methods = [...source.slice(source.indexOf('interface AtomStore')).matchAll(/^ {2}(?:readonly )?(\w+)(?:\(|<|:)/gm)].map((match) => match[1])
  const values = Object.keys(await import('../../src/index.js'))
  expect([...methods, ...values].filter((name) => !headings.includes(name))).toEqual([])
})
