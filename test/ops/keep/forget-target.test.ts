import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { findTarget } from '../../../src/ops/keep/forget-target.js'
import { tagCreate } from '../../../src/ops/fork/tag.js'
import { readLogState } from '../../../src/refs/log-state.js'
import { readObject } from '../../../src/store/objects.js'
import { getEntry } from '../../../src/tree/read.js'
import { codeOfAsync, record, run } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'

describe('what a forget names', () => {
  it('is the body of an ATOM, or the content of a file there', async () => {
    const repo = await aRepo()
    const id = await record(repo, { 'sub/a.env': 'A=1\n' })
    const { body, tree } = readObject(repo.objects, id, 'atom')
    const content = getEntry(repo.objects, tree, 'project/sub/a.env')?.link as NonNullable<ReturnType<typeof getEntry>>['link']
    expect(await findTarget(repo, 'HEAD')).toEqual({ id: body, role: 'body' })
    expect(await findTarget(repo, digestOf(body))).toEqual({ id: body, role: 'body' })
    for (const text of ['sub/a.env@HEAD', 'HEAD:sub/a.env', digestOf(content)]) expect(await findTarget(repo, text), text).toEqual({ id: content, role: 'content' })
    expect(await codeOfAsync(findTarget(repo, 'none@HEAD'))).toBe('PATH_NOT_FOUND')
    expect(await codeOfAsync(findTarget(repo, 'none'))).toBe('REVISION_NOT_FOUND')
  })

  it('is nothing that the proof is made of', async () => {
    const repo = await aRepo()
    const id = await record(repo, { 'sub/a.env': 'A=1\n' })
    const { object: tag } = await run(repo, tagCreate, { name: 'v1', message: 'shipped', force: false })
    const op = readLogState(repo.store).tip
    if (op === undefined) throw new Error('no operation')
    for (const text of ['sub@HEAD', digestOf(readObject(repo.objects, id, 'atom').tree), digestOf(tag), digestOf(op)]) expect(await codeOfAsync(findTarget(repo, text)), text).toBe('UNSUPPORTED')
  })
})
