import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { bisectLog, bisectMark, bisectNext, bisectReplay, bisectReset, bisectStart, bisectSuspects, type BisectReport } from '../../../src/ops/search/bisect.js'
import { encodeSearch, getSearch, searchRoots } from '../../../src/ops/search/bisect-state.js'
import { META } from '../../../src/store/objects.js'
import { codeOfAsync, mergeInto, record, run, runAll, switchTo, tip, twoSides } from '../../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

async function aLine(length: number): Promise<MemoryRepo> {
  const repo = await aRepo()
  for (let step = 1; step <= length; step++) await record(repo, { 'a.env': `N=${String(step)}\n` }, `step ${String(step)}`)
  return repo
}

const start = (repo: MemoryRepo, input: Record<string, unknown> = {}): Promise<BisectReport> => run(repo, bisectStart, { firstParent: false, ...input })

/** Answers until the search ends; returns how often, and the end. */
async function search(repo: MemoryRepo, first: BisectReport, isBad: (seq: number) => boolean): Promise<{ readonly asked: number; readonly end: BisectReport }> {
  let report = first
  let asked = 0
  while (report.state === 'testing' && report.candidate !== undefined) {
    asked++
    report = await run(repo, bisectMark, { word: isBad(report.candidate.seq) ? 'bad' : 'good' })
  }
  return { asked, end: report }
}

describe('bisect', () => {
  it('finds the break on a line in at most ceil(log2 n) + 1 steps, wherever it is', async () => {
    const repo = await aLine(20)
    for (let broken = 2; broken <= 20; broken++) {
      const { asked, end } = await search(repo, await start(repo, { bad: 'HEAD', good: ['HEAD~19'] }), (seq) => seq >= broken)
      expect([end.state, end.firstBad?.seq]).toEqual(['found', broken])
      expect(asked).toBeLessThanOrEqual(Math.ceil(Math.log2(19)) + 1)
    }
  })

  it('searches only among types and paths', async () => {
    const repo = await aLine(6)
    await repo.add({ type: 'RESEARCH', title: 'no change' })
    await record(repo, { 'b.env': 'B=1\n' })
    await record(repo, { 'a.env': 'N=8\n' })
    const { asked, end } = await search(repo, await start(repo, { bad: 'HEAD', good: ['HEAD~6'], types: ['CFG'], paths: ['a.env'] }), (seq) => seq >= 8)
    expect(end.firstBad?.header.atomId).toBe(repo.index.node(9).atomId)
    expect(asked).toBeLessThanOrEqual(3)
    expect((await start(repo, { bad: 'HEAD', good: ['HEAD~1'], types: ['TASK'] })).state).toBe('empty')
    expect(await codeOfAsync(start(repo, { types: ['cfg'] }))).toBe('INPUT_INVALID')
  })

  it('says how many it cleared when the break is none that passes the filter', async () => {
    const repo = await aLine(2)
    await repo.add({ type: 'RESEARCH', title: 'no change' })
    const first = await start(repo, { bad: 'HEAD', good: ['HEAD~2'], types: ['CFG'] })
    expect(first).toMatchObject({ state: 'testing', candidate: { seq: 2 } })
    expect(await run(repo, bisectMark, { word: 'good' })).toMatchObject({ state: 'empty', cleared: 1 })
    expect(await start(repo, { bad: 'HEAD', good: ['HEAD~1'], types: ['CFG'] })).toMatchObject({ state: 'empty', cleared: 0 })
  })

  it('does not blame the merge that only brought the change along', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { 'a.env': 'A=1\n' }, ours: { 'z.txt': 'z' }, theirs: { 'a.env': 'A=2\n' } })
    await mergeInto(repo, 'side')
    const broken = repo.index.seqOf(tip(repo, 'side') as never)
    const suspects = await start(repo, { bad: 'HEAD', good: ['HEAD~2'], paths: ['a.env'] }).then(() => runAll(repo, bisectSuspects, {}))
    expect(suspects.map(({ seq }) => seq)).toEqual([broken])
  })

  it('waits for both words, skips what cannot be tested, and says when only that is left', async () => {
    const repo = await aLine(3)
    expect(await start(repo)).toMatchObject({ state: 'waiting', needs: ['bad', 'good'] })
    expect(await run(repo, bisectMark, { word: 'bad' })).toMatchObject({ state: 'waiting', needs: ['good'] })
    expect(await run(repo, bisectMark, { word: 'good', revisions: ['HEAD~2'] })).toMatchObject({ state: 'testing', candidate: { seq: 2 } })
    expect(await run(repo, bisectMark, { word: 'skip' })).toMatchObject({ state: 'stuck', candidates: [{ seq: 3 }, { seq: 2 }] })
    expect(await codeOfAsync(run(repo, bisectMark, { word: 'good' }))).toBe('USAGE')
  })

  it('refuses words that contradict each other and keeps what was said before', async () => {
    const repo = await aLine(5)
    expect(await codeOfAsync(start(repo, { bad: 'HEAD~3', good: ['HEAD'] }))).toBe('BISECT_CONTRADICTION')
    expect(getSearch(repo.store)).toBeUndefined()
    const before = await start(repo, { bad: 'HEAD', good: ['HEAD~4'] })
    expect(await codeOfAsync(run(repo, bisectMark, { word: 'good', revisions: ['HEAD'] }))).toBe('BISECT_CONTRADICTION')
    expect(await codeOfAsync(run(repo, bisectMark, { word: 'new' }))).toBe('USAGE')
    expect((await run(repo, bisectNext, {})).candidate?.id).toBe(before.candidate?.id)
  })

  it('understands other words, and can be replayed from its log', async () => {
    const repo = await aLine(8)
    await start(repo, { termBad: 'fast', termGood: 'slow', bad: 'HEAD', good: ['HEAD~7'] })
    const said = await run(repo, bisectMark, { word: 'slow' })
    const { lines } = await run(repo, bisectLog, {})
    expect(lines.map(({ command }) => command[0])).toEqual(['start', 'fast', 'slow', 'slow'])
    expect(lines[0]?.command).toEqual(['start', '--term-bad', 'fast', '--term-good', 'slow'])
    await run(repo, bisectReset, {})
    expect(await codeOfAsync(run(repo, bisectNext, {}))).toBe('NO_OPERATION_IN_PROGRESS')
    const words = lines.slice(1).map(({ command: [word, ...revisions] }) => ({ word, revisions }))
    const again = await run(repo, bisectReplay, { start: { termBad: 'fast', termGood: 'slow', firstParent: false }, words })
    expect(again.candidate?.id).toBe(said.candidate?.id)
    expect(await codeOfAsync(run(repo, bisectReplay, { start: { firstParent: false }, words }))).toBe('USAGE')
    expect((await run(repo, bisectNext, {})).candidate?.id).toBe(said.candidate?.id)
  })

  it('tests the merge base first where the good one lies beside', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { 'a.env': 'A=1\n' }, ours: { 'b.env': '1' }, theirs: { 'c.env': '1' } })
    const report = await start(repo, { bad: 'main', good: ['side'] })
    expect(report).toMatchObject({ state: 'testing', isMergeBase: true, candidate: { body: { title: 'base' } } })
    expect(await codeOfAsync(run(repo, bisectMark, { word: 'bad' }))).toBe('BISECT_CONTRADICTION')
    expect((await run(repo, bisectMark, { word: 'good' })).firstBad?.id).toBe(tip(repo, 'main'))
  })

  it('keeps its state as a record that gc can read', async () => {
    const repo = await aLine(4)
    await start(repo, { bad: 'HEAD', good: ['HEAD~3'], types: ['CFG'], paths: ['a.env'] })
    const kept = getSearch(repo.store)
    if (kept === undefined) throw new Error('no search')
    expect(repo.store.getRecord(META.bisect)).toEqual(encodeSearch(kept))
    expect(searchRoots(kept).map(digestOf)).toContain(digestOf(tip(repo, 'HEAD') ?? '' as never))
    await switchTo(repo, 'main')
    await repo.store.write({ puts: [[META.bisect, Uint8Array.of(0x80)]], deletes: [] }, 'sync')
    expect(() => getSearch(repo.store)).toThrow('cannot be read')
    expect(await run(repo, bisectReset, {})).toEqual({ wasSearching: true })
  })
})
