import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { utf8 } from '../../../src/base/bytes.js'
import { sealContent } from '../../../src/store/content.js'
import { updateTree } from '../../../src/tree/update.js'
import { FILE_MODE } from '../../../src/object/tree.js'
import { checkLeave, isOnDisk, layOut, type LayOutInput } from '../../../src/ops/files/lay-out.js'
import { layoutTree } from '../../../src/ops/record/record-draft.js'
import { aWorkRepo } from '../../helpers/work-repo.js'
import { clearBenches } from '../../helpers/worktree.js'

clearBenches()

const base = { scopes: [], force: false, dryRun: false, stamp: { agent: 'tester', command: 'merge' } } as const

describe('laying out', () => {
  it('writes first, commits then, and takes trees that are stored only with the commit', async () => {
    const work = await aWorkRepo()
    const sealed = sealContent(utf8('new'))
    const { root, objects } = updateTree(work.repo.objects, layoutTree(work.repo.store), new Map([['project/a', { mode: FILE_MODE, link: sealed.id }]]))
    const laid = await layOut(work.repo, { ...base, to: root, objects: [...sealed.objects, ...objects], commit: () => work.read()['a'] })
    expect(laid).toMatchObject({ written: ['project/a'], value: 'new', isDryRun: false })
    expect(layoutTree(work.repo.store)).toBe(root)
  })
  it('forgets nothing when the commit fails: the files count as changed', async () => {
    const work = await aWorkRepo()
    work.write({ a: 'one' })
    const { atom } = await work.record('one', { files: ['a'] })
    const before = layoutTree(work.repo.store)
    const input: LayOutInput<never> = { ...base, to: (await work.tree({})), commit: () => { throw new TypeError('refused') } }
    await expect(layOut({ ...work.repo, objects: { getObject: (id) => work.source.getObject(id) ?? work.repo.objects.getObject(id) } }, input)).rejects.toThrow('refused')
    expect(layoutTree(work.repo.store)).toBe(before)
    expect(await work.worktree.changes({ ...work.repo.store, ...work.repo.objects }, atom.header.tree, { untracked: 'show' })).toEqual([{ path: 'project/a', change: 'delete' }])
  })
  it('stops when it is interrupted, between two files', async () => {
    const work = await aWorkRepo()
    const stop = new AbortController()
    stop.abort(new Error('interrupted'))
    work.write({ a: 'one' })
    await work.record('one', { files: ['a'] })
    await expect(layOut({ ...work.repo, signal: stop.signal }, { ...base, to: updateTree(work.repo.objects, layoutTree(work.repo.store), new Map([['project/a', undefined]])).root, commit: () => undefined })).rejects.toThrow('interrupted')
    expect(work.read()).toEqual({ a: 'one' })
  })
})

describe('leave', () => {
  const refusal = (lacking: readonly string[]): unknown => {
    try {
      checkLeave({ lacking, isDryRun: false })
    } catch (error) {
      if (isAtomError(error, 'SCOPE_REFUSED')) return error
      throw error
    }
    return undefined
  }
  it('is asked for with the very command to type', () => {
    expect(refusal([])).toBeUndefined()
    expect(refusal(['home/.config/a b', 'system/etc/x'])).toMatchObject({ data: { paths: ['~/.config/a b', '/etc/x'], scopes: ['home', 'system'] }, hint: "atom restore --scope home,system ~/'.config/a b' /etc/x" })
    expect(refusal(Array.from({ length: 50 }, (_, index) => `home/f${String(index)}`))).toMatchObject({ hint: 'atom restore --scope home ~' })
  })
  it('is not asked for by a dry run', () => {
    expect(() => { checkLeave({ lacking: ['home/x'], isDryRun: true }) }).not.toThrow()
  })
})

it('knows which branch the files on disk belong to', async () => {
  const work = await aWorkRepo()
  writeFileSync(join(work.root, 'x'), '')
  expect(['HEAD', 'refs/heads/main', 'refs/heads/other'].map((ref) => isOnDisk(work.repo, ref))).toEqual([true, true, false])
})
