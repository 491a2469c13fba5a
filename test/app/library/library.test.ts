import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createStore } from '../../../src/app/library/create-store.js'
import { openStore } from '../../../src/app/library/library.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { temporaryFolders } from '../../helpers/git.js'

const newFolder = temporaryFolders()
const OPTIONS = { agent: 'qwen', env: { HOME: '/nonexistent', USER: 'ann' } } as const

async function aStore(): Promise<string> {
  const folder = newFolder()
  await createStore(folder, { ...OPTIONS, project: 'p' })
  return folder
}

describe('the library', () => {
  it('records as the agent it was opened for, on the branch it was opened on', async () => {
    await using store = await openStore(await aStore(), { ...OPTIONS, branch: 'side' })
    const { atom, ref } = await store.add({ type: 'DECISION', title: 'a title' })
    expect([atom.header.agent, ref, atom.body?.project]).toEqual(['qwen', 'refs/heads/side', 'p'])
    const titles: (string | undefined)[] = []
    for await (const { title } of store.log({ revisions: ['side'] })) titles.push(title)
    expect(titles).toEqual(['a title', 'Start of p'])
  })

  it('checks inputs, takes none where none is needed, and says what a field is called', async () => {
    await using store = await openStore(await aStore(), OPTIONS)
    await expect(store.add({ type: 'DECISION' })).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('title') as string })
    expect((await store.status()).branch).toBe('refs/heads/main')
    expect((await store.verify()).ok).toBe(true)
  })

  it('takes calls at the same time, and lets go of a stream that is left', async () => {
    await using store = await openStore(await aStore(), OPTIONS)
    const added = await Promise.all(['a', 'b', 'c'].map((title) => store.add({ type: 'TASK', title })))
    expect(new Set(added.map(({ atom }) => atom.header.atomId)).size).toBe(3)
    for await (const _entry of store.log()) break
    expect((await store.overview()).atoms).toBe(4)
  })

  it('takes lines in, and hears warnings', async () => {
    const folder = await aStore()
    writeFileSync(join(folder, '.atom/config.toml'), 'pager = "less"\n')
    const warnings: string[] = []
    await using store = await openStore(folder, { ...OPTIONS, onWarning: (message) => { warnings.push(message) } })
    async function* lines(): AsyncIterable<Uint8Array> { yield Buffer.from('{"type":"DOC","title":"one"}\n{"type":"DOC"}\n') }
    expect(await store.importJsonl(lines())).toMatchObject({ recorded: 1, problemCount: 1, problems: [{ line: 2 }] })
    expect(warnings).toEqual([expect.stringContaining('pager')])
  })

  it('shows and changes the settings of the store', async () => {
    const folder = await aStore()
    await using store = await openStore(folder, OPTIONS)
    await store.changeSetting('color', 'false')
    expect(readFileSync(join(folder, '.atom/config.toml'), 'utf8')).toBe('color = false\n')
    expect((await store.settings()).map(({ key, origin }) => [key, origin])).toEqual([['agent', 'environment'], ['color', 'store']])
  })

  it('is refused where there is no store, and after it was closed', async () => {
    expect(await codeOfAsync(() => openStore(newFolder(), OPTIONS))).toBe('REPO_NOT_FOUND')
    const store = await openStore(await aStore(), OPTIONS)
    await store.close()
    await expect(store.overview()).rejects.toThrow(TypeError)
  })
})
