import { describe, expect, it } from 'vitest'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { collect } from '../../helpers/collect.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'
import { pointAt, resolveRef } from '../../../src/refs/ref.js'
import { readObject } from '../../../src/store/objects.js'
import { log } from '../../../src/ops/look/log.js'
import type { LogEntry } from '../../../src/ops/look/log-entry.js'
import { encodeWire, decodeWire } from '../../../src/app/owner/wire.js'

async function titles(repo: MemoryRepo, input: object): Promise<(string | undefined)[]> {
  return (await collect(repo, log, { detail: 'title', ...input })).map(({ title }) => title)
}

async function aFileHistory(): Promise<MemoryRepo> {
  const repo = await aRepo()
  const text = Array.from({ length: 20 }, (_, line) => `line ${String(line)}\n`).join('')
  for (const [path, content, title] of [['a.env', text, 'made'], ['other', 'x', 'other'], ['a.env', `${text}more\n`, 'changed']] as const) {
    repo.clock.advance(60_000)
    repo.worktree.put(path, content)
    await repo.add({ type: 'CFG', title, files: [path] })
  }
  repo.clock.advance(60_000)
  await repo.worktree.move('project/a.env', 'project/b.env', 'refuse')
  await repo.add({ type: 'CFG', title: 'renamed', files: ['b.env'], deletes: ['a.env'] })
  return repo
}

describe('log', () => {
  it('lists the trail newest first, ranges, and everything with all', async () => {
    const repo = await aHistory()
    expect(await titles(repo, {})).toEqual(['five', 'four', 'three', 'two needle', 'one', 'Start of demo'])
    expect(await titles(repo, { firstParent: true })).toEqual(['five', 'three', 'two needle', 'one', 'Start of demo'])
    expect(await titles(repo, { revisions: ['side..main'] })).toEqual(['five', 'three'])
    expect(await titles(repo, { revisions: ['main', '^side'] })).toEqual(['five', 'three'])
    expect(await titles(repo, { revisions: ['main^...side'] })).toEqual(['four', 'three'])
    expect(await titles(repo, { revisions: ['side'], all: true })).toHaveLength(6)
  })

  it('cuts before it turns round, as git does', async () => {
    const repo = await aHistory()
    expect(await titles(repo, { limit: 2, reverse: true })).toEqual(['four', 'five'])
    expect(await titles(repo, { skip: 1, limit: 1 })).toEqual(['four'])
    expect(await titles(repo, { limit: 0 })).toEqual([])
  })

  it('filters by what the index knows and by what the body says', async () => {
    const repo = await aHistory()
    expect(await titles(repo, { types: ['merge'] })).toEqual(['five'])
    expect(await titles(repo, { operations: ['init_project'] })).toEqual(['Start of demo'])
    expect(await titles(repo, { agents: ['nobody'] })).toEqual([])
    expect(await titles(repo, { grep: ['NEEDLE'], ignoreCase: true })).toEqual(['three', 'two needle'])
    expect(await titles(repo, { grep: ['nothing', '^t.*e$'] })).toEqual(['three', 'two needle'])
    expect(await titles(repo, { since: '2024-11-27T10:04:00Z' })).toEqual(['five', 'four'])
    expect(await titles(repo, { until: '2024-11-27T10:01:00Z' })).toEqual(['one', 'Start of demo'])
    expect(await titles(repo, { merges: 'without', limit: 1 })).toEqual(['four'])
  })

  it('shows only what touched a path, by file and by folder, and follows a rename', async () => {
    const repo = await aFileHistory()
    expect(await titles(repo, { paths: ['a.env'] })).toEqual(['renamed', 'changed', 'made'])
    expect(await titles(repo, { revisions: ['b.env'] })).toEqual(['renamed'])
    expect(await titles(repo, { paths: ['b.env'], follow: true })).toEqual(['renamed', 'changed', 'made'])
    // A merge that took the file from its other side shows nothing that is not shown already.
    await repo.writer.transact({ agent: 'tester', command: 'test' }, (tx) => { tx.edit({ ref: 'refs/heads/beside', expected: undefined, next: pointAt(repo.index.node(1).id) }) })
    await repo.add({ title: 'beside', branch: 'beside' })
    const [tip, beside] = [resolveRef(repo.store, 'refs/heads/main'), resolveRef(repo.store, 'refs/heads/beside')]
    if (tip === undefined || beside === undefined) throw new TypeError('no tips')
    await repo.draft({ type: 'MERGE', body: { title: 'took it over' }, otherParents: [tip], files: { tree: readObject(repo.objects, tip, 'atom').tree } }, { ref: 'refs/heads/beside' })
    expect(await titles(repo, { revisions: ['beside'], paths: ['b.env'], follow: true })).toEqual(['renamed', 'changed', 'made'])
    expect(await titles(repo, { paths: ['.'] })).toEqual(['renamed', 'changed', 'other', 'made'])
    expect(await titles(repo, { paths: ['a.env'], revisions: ['HEAD~2..HEAD'] })).toEqual(['renamed', 'changed'])
  })

  it('says which parents a graph will draw, through those left out', async () => {
    const repo = await aHistory()
    const drawn = async (input: object): Promise<unknown> => (await collect(repo, log, { detail: 'title', graph: true, ...input })).map(({ seq, drawnParents }) => [seq, drawnParents])
    expect(await drawn({})).toEqual([[5, [3, 4]], [4, [2]], [3, [2]], [2, [1]], [1, [0]], [0, []]])
    expect(await drawn({ types: ['MERGE', 'INIT'] })).toEqual([[5, [0]], [0, []]])
    expect(await drawn({ limit: 2 })).toEqual([[5, [4]], [4, []]])
    expect(await drawn({ revisions: ['side..main'] })).toEqual([[5, [3]], [3, []]])
  })

  it('gives entries that can be handed to another process whole', async () => {
    const repo = await aHistory()
    for (const entry of await collect(repo, log, { detail: 'patches', decorate: true })) {
      const back = decodeWire(encodeWire(entry)) as LogEntry
      expect([back.node.digest, back.title, back.diffs?.length]).toEqual([entry.node.digest, entry.title, entry.diffs?.length])
    }
  })

  it('names refs beside the ATOMs that they point at', async () => {
    const repo = await aHistory()
    const [five, four] = await collect(repo, log, { detail: 'node', decorate: true })
    expect(five?.decorations).toEqual([{ is: 'branch', name: 'main', isCurrent: true }])
    expect(four?.decorations).toEqual([{ is: 'branch', name: 'side' }])
  })

  it('refuses what names nothing', async () => {
    const repo = await aHistory()
    expect(await codeOfAsync(() => collect(repo, log, { revisions: ['nowhere'] }))).toBe('REVISION_NOT_FOUND')
    expect(await codeOfAsync(() => collect(repo, log, { grep: ['('] }))).toBe('USAGE')
  })
})
