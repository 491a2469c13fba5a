import { describe, expect, it } from 'vitest'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { collect } from '../../helpers/collect.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'
import { utf8 } from '../../../src/base/bytes.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { show, type ShowItem } from '../../../src/ops/look/show.js'
import { decodeWire, encodeWire } from '../../../src/app/owner/wire.js'

describe('show', () => {
  it('gives an ATOM with its patches, evidence and what it builds on', async () => {
    const repo = await aRepo()
    repo.worktree.put('a.env', 'A=1\n')
    const evidence = [{ name: 'dmesg', phase: 'before', content: utf8('é'.repeat(4_000)) }, { name: 'bin', phase: 'after', content: Uint8Array.of(1, 0) }, { name: 'fps', phase: 'after', value: 60 }]
    await repo.add({ type: 'CFG', title: 'config', files: ['a.env'], influencedBy: ['HEAD'], evidence: evidence as never })
    const [item] = await collect(repo, show, {})
    if (item?.is !== 'atom') throw new TypeError('an ATOM was expected')
    expect(item.entry.diffs?.[0]?.patch).toContain('+A=1')
    expect(item.influences).toMatchObject([{ title: 'Start of demo' }])
    expect(item.evidence.map(({ excerpt, sizeBytes }) => [excerpt?.length, sizeBytes])).toEqual([[2_048, 8_000], [undefined, 2], [undefined, undefined]])
    expect(decodeWire(encodeWire(item))).toMatchObject({ is: 'atom' })
  })

  it('gives the exact bytes of a file in pieces, or its text', async () => {
    const repo = await aRepo()
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251)
    repo.worktree.put('big', bytes)
    repo.worktree.put('~/.config/x', 'home\n')
    await repo.add({ title: 'files', files: ['big', '~/.config/x'] })
    const items = await collect(repo, show, { revisions: ['HEAD:big'] })
    const pieces = items.flatMap((item) => item.is === 'content' ? [item.bytes] : [])
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
    expect(await collect(repo, show, { revisions: ['HEAD:~/.config/x'], contents: 'text' })).toMatchObject([{ is: 'file', path: '~/.config/x', text: 'home\n' }])
    expect(await collect(repo, show, { revisions: ['HEAD:home/.config/x'], contents: 'text' })).toMatchObject([{ text: 'home\n' }])
    expect(await collect(repo, show, { revisions: ['HEAD:big'], contents: 'text' })).toMatchObject([{ text: null }])
  })

  it('gives folders, ranges, bodies and operations', async () => {
    const repo = await aHistory()
    const kinds = async (revision: string): Promise<ShowItem['is'][]> => (await collect(repo, show, { revisions: [revision] })).map(({ is }) => is)
    expect(await kinds('HEAD:')).toEqual(['folder'])
    expect(await kinds('HEAD:dir')).toEqual(['folder'])
    expect(await kinds('side..main')).toEqual(['atom', 'atom'])
    const [item] = await collect(repo, show, {})
    if (item?.is !== 'atom') throw new TypeError('an ATOM was expected')
    expect(await kinds(digestOf(item.entry.record?.header.body ?? item.entry.node.id))).toEqual(['other'])
    expect(item.entry.diffs).toEqual([])
  })

  it('names what is not there', async () => {
    const repo = await aHistory()
    expect(await codeOfAsync(() => collect(repo, show, { revisions: ['HEAD:nope'] }))).toBe('PATH_NOT_FOUND')
    expect(await codeOfAsync(() => collect(repo, show, { revisions: ['nope'] }))).toBe('REVISION_NOT_FOUND')
  })
})
