import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGuarded } from '../../src/app/handles.js'
import { openAhead, runOperation } from '../../src/app/run.js'
import { add, type AddResult } from '../../src/ops/record/add.js'
import { log } from '../../src/ops/look/log.js'
import type { Operation } from '../../src/ops/operation.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { temporaryFolders } from '../helpers/git.js'
import { contextIn, makePlace, readLog } from '../fault/kit.js'

const newFolder = temporaryFolders()
const isFree = async (folder: string): Promise<boolean> => {
  await (await openGuarded(join(folder, '.atom'), {})).close()
  return true
}

describe('running a use case', () => {
  it('checks the input before it looks for a store', async () => {
    const nowhere = contextIn(newFolder(), { HOME: newFolder() })
    expect(await codeOfAsync(() => runOperation(add, { type: 'x', title: 'y' }, nowhere))).toBe('INPUT_INVALID')
    expect(await codeOfAsync(() => runOperation(add, { type: 'TASK', title: 'y' }, nowhere))).toBe('REPO_NOT_FOUND')
  })

  it('acts as the settings say, and warns of those that do not count', async () => {
    await using place = await makePlace()
    writeFileSync(join(place.folder, '.atom/config.toml'), 'agent = "qwen"\nscopes = ["home"]\n')
    const context = contextIn(place.folder, { HOME: place.folder })
    const { atom } = await runOperation(add, { type: 'TASK', title: 'one' }, context) as AddResult
    expect([atom.header.agent, context.warnings]).toEqual(['qwen', [expect.stringContaining('scopes')]])
  })

  it('lets go of the store after a value, an error, and a stream that was left', async () => {
    await using place = await makePlace()
    const failing: Operation<object, never> = { name: 'fails', summary: 'x', effect: 'write', errors: [], check: () => ({}), run: () => Promise.reject(new RangeError('broken')) }
    await runOperation(add, { type: 'TASK', title: 'one' }, place.context)
    expect(await isFree(place.folder)).toBe(true)
    await expect(runOperation(failing, {}, place.context)).rejects.toThrow('broken')
    expect(await isFree(place.folder)).toBe(true)
    for await (const _entry of await runOperation(log, {}, place.context) as AsyncIterable<unknown>) break
    expect(await isFree(place.folder)).toBe(true)
  })

  it('records what waits in the spool first', async () => {
    await using place = await makePlace()
    writeFileSync(join(place.folder, '.atom/spool/1.json'), JSON.stringify({ type: 'TASK', title: 'by a hook', request: 'a'.repeat(32), time: Date.now() }))
    await runOperation(add, { type: 'TASK', title: 'by hand' }, place.context)
    expect((await readLog(place)).map(({ title }) => title).slice(0, 2)).toEqual(['by hand', 'by a hook'])
  })
})

describe('opening ahead', () => {
  it('has the store open for the call that comes, which closes it', async () => {
    await using place = await makePlace()
    const drop = await openAhead(place.context)
    await runOperation(add, { type: 'TASK', title: 'one' }, place.context)
    expect(await isFree(place.folder)).toBe(true)
    await drop?.()
    expect(await isFree(place.folder)).toBe(true)
  })

  it('closes it when no call came, and leaves nothing behind', async () => {
    await using place = await makePlace()
    const drop = await openAhead(place.context)
    expect(await codeOfAsync(() => isFree(place.folder))).toBe('STORE_LOCKED')
    await drop?.()
    expect(await isFree(place.folder)).toBe(true)
    expect(readdirSync(join(place.folder, '.atom/run'))).toEqual([])
  })

  it('says nothing where there is no store, or somebody has it: the call waits and tells', async () => {
    const nowhere = contextIn(newFolder(), { HOME: newFolder() })
    expect(await openAhead(nowhere)).toBeUndefined()
    await using place = await makePlace()
    const store = await openGuarded(join(place.folder, '.atom'), {})
    const drop = await openAhead(place.context)
    const adding = runOperation(add, { type: 'TASK', title: 'two' }, place.context)
    await store.close()
    expect((await adding as AddResult).atom.header.atomId).toContain('TASK')
    await drop?.()
    expect(await isFree(place.folder)).toBe(true)
  })
})
