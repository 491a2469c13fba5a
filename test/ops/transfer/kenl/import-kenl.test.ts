import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../../src/base/bytes.js'
import { digestOf } from '../../../../src/codec/object-id.js'
import { parseAtomId } from '../../../../src/object/atom-id.js'
import { forget } from '../../../../src/ops/keep/forget.js'
import { verify } from '../../../../src/ops/prove/verify.js'
import { recordDraft } from '../../../../src/ops/record/record-draft.js'
import type { Repo } from '../../../../src/ops/repo.js'
import { importKenl, type ImportKenlInput, type ImportKenlResult } from '../../../../src/ops/transfer/kenl/import-kenl.js'
import type { KenlItem, KenlRecord } from '../../../../src/ops/transfer/kenl/kenl-source.js'
import { getContent, sealContent } from '../../../../src/store/content.js'
import { pointAt, resolveRef } from '../../../../src/refs/ref.js'
import { readLogState } from '../../../../src/refs/log-state.js'
import { readRecord } from '../../../../src/trail/record.js'
import { bareRepo } from '../../../helpers/bare-repo.js'

const MAIN = 'refs/heads/main'

function aRecord(text: string, number = 1, more: Partial<KenlRecord> = {}): KenlRecord {
  const id = `ATOM-CFG-20251114-${String(number).padStart(3, '0')}`
  return {
    is: 'record', file: 'trail.log', line: number, atomId: parseAtomId(id), tag: id, agent: 'qwen', timeMs: Date.UTC(2025, 10, 14), title: text,
    metadata: { kenl: { format: 'F1' } }, influencedBy: [], raw: utf8(text), signature: 'absent', odd: [], ...more,
  }
}

async function imported(repo: Repo, items: readonly KenlItem[], input: Partial<ImportKenlInput> = {}): Promise<ImportKenlResult> {
  const operation = importKenl(async function* () {
    await Promise.resolve()
    yield* items
  })
  return await (operation.run(repo, operation.check({ paths: ['trail.log'], ...input })) as Promise<ImportKenlResult>)
}

/** The titles of a branch, newest first. */
function titles(repo: Repo, ref = MAIN): string[] {
  const found: string[] = []
  for (let id = resolveRef(repo.store, ref); id !== undefined;) {
    const record = readRecord(repo, repo.index.getSeq(digestOf(id)) ?? -1)
    found.push(record.body?.title ?? '(forgotten)')
    id = record.header.parents[0]
  }
  return found
}

async function record(repo: Repo, title: string, ref = MAIN): Promise<void> {
  await recordDraft(repo, { type: 'DOC', agent: 'ann', influencedBy: [], body: { title }, files: new Map(), objects: [], layout: [] }, { ref, command: 'add' })
}

async function checkSound(repo: Repo): Promise<void> {
  expect(((await verify.run(repo, verify.check({}))) as { readonly findings: readonly unknown[] }).findings).toEqual([])
}

describe('import kenl', () => {
  it('gives the same ids in every store, in place of a lonely INIT, and nothing new the second time', async () => {
    const items = [aRecord('one'), aRecord('two', 2, { influencedBy: ['ATOM-CFG-20251114-001', 'ATOM-CFG-20251114-099'] }), aRecord('three', 3)]
    const [left, right] = [await bareRepo(), await bareRepo({ seed: 9 })]
    expect(await imported(left, items)).toMatchObject({ records: 3, taken: 3, known: 0, branch: { ref: MAIN, change: 'moved' } })
    await imported(right, items)
    expect(resolveRef(right.store, MAIN)).toBe(resolveRef(left.store, MAIN))
    expect(titles(left)).toEqual(['three', 'two', 'one'])
    const second = readRecord(left, 2)
    expect(second.header.influencedBy).toEqual([{ object: digestOf(readRecord(left, 1).id) }])
    const before = readLogState(left.store)
    expect(await imported(left, items)).toMatchObject({ records: 3, taken: 0, known: 3, branch: { change: 'same' } })
    expect(readLogState(left.store)).toEqual(before)
    await checkSound(left)
  })

  it('keeps two records of one tag, and two equal lines, and knows them all again', async () => {
    const repo = await bareRepo()
    const items = [aRecord('same'), aRecord('same'), aRecord('other', 1)]
    expect(await imported(repo, items)).toMatchObject({ taken: 3, repeatedTags: 2 })
    expect(await imported(repo, items)).toMatchObject({ taken: 0, known: 3 })
    expect(await imported(repo, [...items, aRecord('same')])).toMatchObject({ taken: 1, known: 3 })
    expect(titles(repo)).toEqual(['same', 'other', 'same', 'same'])
  })

  it('puts what is new behind what was there, with the ids that one import gives', async () => {
    const [inTwo, inOne] = [await bareRepo(), await bareRepo()]
    const items = [1, 2, 3, 4].map((number) => aRecord(`number ${String(number)}`, number))
    await imported(inTwo, items.slice(0, 2))
    expect(await imported(inTwo, items)).toMatchObject({ taken: 2, known: 2 })
    await imported(inOne, items)
    expect(resolveRef(inTwo.store, MAIN)).toBe(resolveRef(inOne.store, MAIN))
    await imported(inTwo, [items[0], aRecord('between', 9), ...items.slice(1)] as KenlRecord[])
    expect(titles(inTwo)).toEqual(['between', 'number 4', 'number 3', 'number 2', 'number 1'])
  })

  it('goes on where it was killed before any ref moved', async () => {
    const [cut, whole] = [await bareRepo(), await bareRepo()]
    const items = [1, 2, 3].map((number) => aRecord(`number ${String(number)}`, number))
    await imported(cut, items.slice(0, 2))
    const init = readRecord(cut, 0).id
    await cut.writer.transact({ agent: 'ann', command: 'reset' }, (tx) => { tx.edit({ ref: MAIN, expected: 'any', next: pointAt(init) }) })
    expect(await imported(cut, items)).toMatchObject({ taken: 1, known: 2, branch: { ref: MAIN, change: 'moved' } })
    await imported(whole, items)
    expect(resolveRef(cut.store, MAIN)).toBe(resolveRef(whole.store, MAIN))
  })

  it('leaves a branch with work on it alone, and follows its own', async () => {
    const repo = await bareRepo()
    await record(repo, 'mine')
    const items = [1, 2].map((number) => aRecord(`number ${String(number)}`, number))
    expect(await imported(repo, items.slice(0, 1))).toMatchObject({ branch: { ref: 'refs/heads/kenl', change: 'new' } })
    expect(await imported(repo, items)).toMatchObject({ branch: { ref: 'refs/heads/kenl', change: 'moved' } })
    expect(await imported(repo, [aRecord('another source', 7)])).toMatchObject({ branch: { ref: 'refs/heads/imported/kenl', change: 'new' } })
    await record(repo, 'on top', 'refs/heads/kenl')
    expect(await imported(repo, items)).toMatchObject({ taken: 0, branch: { ref: 'refs/heads/kenl', change: 'ahead' } })
    expect(await imported(repo, items, { branch: 'old' })).toMatchObject({ taken: 0, branch: { ref: 'refs/heads/old', change: 'new' } })
    expect(titles(repo)).toEqual(['mine', 'Start of test'])
    await expect(imported(repo, [aRecord('x', 8)], { branch: 'main' })).rejects.toMatchObject({ code: 'REF_EXISTS' })
    await expect(imported(repo, [], { branch: 'a..b' })).rejects.toMatchObject({ code: 'REF_NAME_INVALID' })
    await checkSound(repo)
  })

  it('takes a record read in another zone for another one, and a row that names an ATOM of this store for that', async () => {
    const repo = await bareRepo()
    await imported(repo, [aRecord('one')])
    expect(await imported(repo, [aRecord('one', 1, { timeMs: Date.UTC(2025, 10, 13, 13) })])).toMatchObject({ taken: 1 })
    const object = digestOf(readRecord(repo, 0).id)
    expect(await imported(repo, [aRecord('a row', 5, { metadata: { kenl: { object } } })])).toMatchObject({ taken: 0, known: 1, branch: undefined })
  })

  it('does not bring back what was forgotten', async () => {
    const repo = await bareRepo()
    await imported(repo, [aRecord('secret'), aRecord('open', 2)])
    await forget.run(repo, forget.check({ target: 'ATOM-CFG-20251114-001', reason: 'privacy' }))
    expect(await imported(repo, [aRecord('secret'), aRecord('open', 2)])).toMatchObject({ taken: 0, known: 2 })
    expect(titles(repo)).toEqual(['open', '(forgotten)'])
  })

  it('counts what is strange, refused and passed over, and holds the first thousand', async () => {
    const repo = await bareRepo()
    const refusals = Array.from({ length: 1_200 }, (_, index): KenlItem => ({ is: 'refused', file: 'trail.log', line: index + 1, reason: 'it has no tag' }))
    const result = await imported(repo, [...refusals, { is: 'aside', file: '.counter', what: 'counter', value: '7' }, aRecord('x', 1, { odd: ['a brace too many'], signature: 'match' })])
    expect(result).toMatchObject({ records: 1, taken: 1, oddCount: 1, odd: [{ file: 'trail.log', line: 1, reasons: ['a brace too many'] }], refusedCount: 1_200, asideCount: 1, asides: [{ value: '7' }], signatures: { match: 1, mismatch: 0, absent: 0 } })
    expect(result.refused).toHaveLength(1_000)
  })

  it('keeps the bytes of what it refuses, where they stood, once', async () => {
    const refused = (line: number, raw: Uint8Array): KenlItem => ({ is: 'refused', file: 'logs/trail.log', line, reason: 'it has no tag', raw })
    const own = (text: string, number: number): KenlRecord => aRecord(text, number, { file: 'logs/trail.log' })
    const items: KenlItem[] = [refused(1, utf8('before')), own('one', 1), refused(3, Uint8Array.of(255, 13)), refused(4, utf8('again')), own('two', 2), { is: 'refused', file: 'gone.log', reason: 'it may not be read' }]
    const [left, right] = [await bareRepo(), await bareRepo({ seed: 9 })]
    const result = await imported(left, items)
    expect(result).toMatchObject({ records: 2, taken: 2, refusedCount: 4, refusedAtoms: 2, refusedTaken: 2 })
    expect(titles(left)).toEqual(['two', '2 lines of trail.log could not be taken', 'one', 'line 1 of trail.log could not be taken'])
    const { header, body } = readRecord(left, 3)
    expect(result.refused.map(({ line, atomId }) => [line, atomId])).toEqual([[1, expect.stringMatching(/^ATOM-REFUSED-19700101-[0-9a-f]{12}$/)], [3, header.atomId], [4, header.atomId], [undefined, undefined]])
    expect(header.timeMs).toBe(Date.UTC(2025, 10, 14))
    expect(body).toMatchObject({ metadata: { refused: [{ lines: [3, 4], reason: 'it has no tag' }], kenl: { format: 'refused' } }, evidence: [{ name: 'source', path: 'trail.log', value: 'line 3' }, { value: 'line 4' }] })
    expect(body?.evidence?.map(({ content }) => content && getContent(left.objects, content))).toEqual([Uint8Array.of(255, 13), utf8('again')])
    await imported(right, items)
    expect(resolveRef(right.store, MAIN)).toBe(resolveRef(left.store, MAIN))
    const before = readLogState(left.store)
    expect(await imported(left, items)).toMatchObject({ taken: 0, known: 2, refusedAtoms: 2, refusedTaken: 0, branch: { change: 'same' } })
    expect(readLogState(left.store)).toEqual(before)
    await checkSound(left)
  })

  it('keeps a line that comes in parts, an empty file, and what was refused alone', async () => {
    const repo = await bareRepo()
    const part = new Uint8Array(1_500_000).fill(97)
    const items: KenlItem[] = [{ is: 'part', bytes: part }, { is: 'part', bytes: part }, { is: 'refused', file: 'a.log', line: 1, reason: 'long', raw: utf8('end') }, { is: 'refused', file: 'b.log', reason: 'it is empty', raw: new Uint8Array(0) }]
    expect(await imported(repo, items)).toMatchObject({ records: 0, refusedAtoms: 2, refusedTaken: 2, branch: { ref: MAIN } })
    const contents = [1, 2].map((seq) => readRecord(repo, seq).body?.evidence?.[0]?.content).map((content) => content && getContent(repo.objects, content))
    expect(contents[0]?.length).toBe(3_000_003)
    expect(contents[1]?.length).toBe(0)
    expect(titles(repo)).toEqual(['b.log could not be taken', 'line 1 of a.log could not be taken'])
    expect(await imported(repo, items)).toMatchObject({ refusedAtoms: 2, refusedTaken: 0 })
    await checkSound(repo)
  })

  it('does not bring refused bytes back that were forgotten', async () => {
    const repo = await bareRepo()
    const items: KenlItem[] = [aRecord('one'), { is: 'refused', file: 'trail.log', line: 2, reason: 'no tag', raw: utf8('a secret') }]
    const { refused } = await imported(repo, items)
    await forget.run(repo, forget.check({ target: refused[0]?.atomId ?? '', reason: 'secret' }))
    expect(await imported(repo, items)).toMatchObject({ refusedAtoms: 1, refusedTaken: 0 })
    expect(repo.objects.getObject(sealContent(utf8('a secret')).id)).toBeUndefined()
  })

  it('knows the tags that were recorded last, however many there are', async () => {
    const repo = await bareRepo()
    const many = Array.from({ length: 20_001 }, (_, index) => aRecord(`n${String(index)}`, index + 1))
    await imported(repo, [...many, aRecord('last', 60_000, { influencedBy: ['ATOM-CFG-20251114-001', 'ATOM-CFG-20251114-002'] })])
    expect(readRecord(repo, 20_002).header.influencedBy).toEqual([{ object: digestOf(readRecord(repo, 2).id) }])
  })

  it('refuses to read nothing', async () => {
    await expect(imported(await bareRepo(), [], { paths: [] })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(await imported(await bareRepo(), [])).toMatchObject({ records: 0, branch: undefined })
  })
})
