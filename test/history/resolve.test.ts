import { beforeAll, describe, expect, it } from 'vitest'
import { cidText, digestOf, type ObjectId } from '../../src/codec/object-id.js'
import { allTips, currentBranch, getTip, resolveAtom, resolveObject, type ResolveContext } from '../../src/history/resolve.js'
import { encodeTag } from '../../src/object/tag.js'
import { seal } from '../../src/object/seal.js'
import { resolveContext } from '../../src/ops/context.js'
import { operations } from '../../src/refs/operation-log.js'
import { pointAt } from '../../src/refs/ref.js'
import { indexAtom } from '../../src/index/derive.js'
import { createOverlay } from '../../src/store/overlay-store.js'
import { createTrailIndex } from '../../src/index/trail-index.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { objectKey } from '../../src/store/keys.js'
import { EMPTY_TREE } from '../../src/tree/read.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'
import { aHistory } from '../helpers/small-history.js'
import { anAtomHeader, anId } from '../helpers/objects.js'

const STAMP = { agent: 'tester', command: 'test' }

describe('a revision', () => {
  let repo: MemoryRepo
  let context: ResolveContext
  const seqOf = (text: string): Promise<number> => resolveAtom(context, text)
  const fails = async (text: string, code = 'REVISION_NOT_FOUND'): Promise<void> => { await expect(seqOf(text), text).rejects.toMatchObject({ code }) }

  beforeAll(async () => {
    repo = await aHistory()
    const { id } = repo.index.node(3)
    const tag = seal(encodeTag({ name: 'v1', target: id, agent: 'ann', timeMs: 0, message: 'first' }))
    const outer = seal(encodeTag({ name: 'v2', target: tag.id, agent: 'ann', timeMs: 0, message: 'of a tag' }))
    await repo.writer.transact(STAMP, (tx) => {
      tx.put(tag)
      tx.put(outer)
      tx.edit({ ref: 'refs/tags/v1', expected: undefined, next: pointAt(tag.id) })
      tx.edit({ ref: 'refs/tags/v2', expected: undefined, next: pointAt(outer.id) })
      tx.edit({ ref: 'refs/tags/light', expected: undefined, next: pointAt(repo.index.node(1).id) })
      tx.edit({ ref: 'refs/remotes/origin/main', expected: undefined, next: pointAt(repo.index.node(2).id) })
      tx.edit({ ref: 'refs/remotes/origin/HEAD', expected: undefined, next: { is: 'symbolic', ref: 'refs/remotes/origin/main' } })
      tx.edit({ ref: 'refs/heads/far/twin', expected: undefined, next: pointAt(repo.index.node(1).id) })
      tx.edit({ ref: 'refs/tags/both', expected: undefined, next: pointAt(repo.index.node(1).id) })
      tx.edit({ ref: 'refs/heads/both', expected: undefined, next: pointAt(repo.index.node(2).id) })
      tx.edit({ ref: `refs/heads/${'abcd'}`, expected: undefined, next: pointAt(repo.index.node(4).id) })
    })
    context = resolveContext(repo)
  })

  it('may be a name', async () => {
    for (const [text, seq] of [
      ['HEAD', 5], ['@', 5], ['main', 5], ['side', 4], ['heads/side', 4], ['refs/heads/side', 4], ['far/twin', 1], ['v1', 3], ['v2', 3], ['tags/v1', 3], ['light', 1], ['both', 1],
      ['origin/main', 2], ['origin', 2], ['remotes/origin/main', 2], ['abcd', 4],
    ] as const) expect(await seqOf(text), text).toBe(seq)
    for (const text of ['nothing', 'refs/heads/nothing', 'Main', '__proto__']) await fails(text)
  })

  it('may be an atom id, an object id, a CID, or the beginning of one', async () => {
    const { id, atomId, digest } = repo.index.node(3)
    for (const text of [atomId, `${atomId}-${digest.slice(0, 6)}`, `${atomId}-${digest}`, digest, digest.toUpperCase(), cidText(id), digest.slice(0, 12), digest.slice(0, 13).toUpperCase(), digest.slice(0, 40)]) expect(await seqOf(text), text).toBe(3)
    for (const text of [`${atomId}-${'0'.repeat(8)}`, 'ATOM-CFG-20990101-001', digest.replace(/^.{8}/, '01234567'), `b${'a'.repeat(58)}`, cidText(anId('unknown')), '0123456']) await fails(text)
    await fails(digest.slice(0, 3))
  })

  it('is no ATOM when it names another object', async () => {
    const [op] = operations(repo.store)
    await fails(digestOf(op?.id as ObjectId))
    expect(await resolveObject(context, digestOf(op?.id as ObjectId))).toBe(op?.id)
  })

  it('may take steps', async () => {
    for (const [text, seq] of [
      ['HEAD~', 3], ['HEAD~1', 3], ['HEAD^', 3], ['HEAD^1', 3], ['HEAD^2', 4], ['HEAD^2~1', 2], ['HEAD~3', 1], ['HEAD~4', 0], ['HEAD^0', 5], ['HEAD~0', 5], ['HEAD^^', 2], ['HEAD^2^', 2],
      ['v1^{}', 3], ['v1^{atom}', 3], ['v2^{commit}', 3], ['HEAD^{/needle}', 3], ['HEAD~2^{/needle}', 2], [':/needle', 3], [':/two', 2], [`${repo.index.node(4).atomId}~2`, 1],
    ] as const) expect(await seqOf(text), text).toBe(seq)
    for (const text of ['HEAD~5', 'HEAD^3', 'HEAD~99999999', 'HEAD^{tree}', 'HEAD^{/haystack}', ':/haystack']) await fails(text)
  })

  it('jumps along a line: 5,000 back are not 5,000 steps', async () => {
    const line = await aRepo()
    await line.writer.transact(STAMP, (tx) => {
      let parent = line.index.node(0).id
      for (let at = 1; at <= 5_000; at++) {
        const id = anId(String(at))
        indexAtom({ ...tx, put: (key, value) => { tx.putRecord(key, value) } }, tx.index, { seq: at, atom: { id, header: anAtomHeader({ parents: [parent], tree: EMPTY_TREE.id }), changes: [] } })
        parent = id
      }
    })
    const index = { ...line.index, node: (seq: number) => { reads++; return line.index.node(seq) } }
    let reads = 0
    expect(await resolveAtom({ ...resolveContext(line), index }, `${digestOf(anId('5000'))}~4999`).catch(() => -1)).toBe(-1)
    await line.store.write({ puts: [[objectKey(anId('5000')), new Uint8Array(1)]], deletes: [] }, 'sync')
    reads = 0
    expect(await resolveAtom({ ...resolveContext(line), index }, `${digestOf(anId('5000'))}~4999`)).toBe(1)
    expect(reads).toBeLessThan(5)
  })

  it('is refused when it has a path where an ATOM is needed, or cannot be read', async () => {
    await fails('HEAD:a.env', 'REVISION_SYNTAX')
    for (const text of ['', '..', 'main..side', '-x', 'HEAD@{', 'a b']) await fails(text, 'REVISION_SYNTAX')
    await fails('main@{upstream}')
    await fails('main@{nonsense words}', 'DATE_INVALID')
  })

  it('may be a file, a folder, a tree or a body', async () => {
    const header = repo.index.node(5)
    const tree = await resolveObject(context, 'HEAD:')
    expect(await resolveObject(context, 'HEAD^{tree}')).toBe(tree)
    expect(await resolveObject(context, 'HEAD~2:a.env')).toBe(await resolveObject(context, 'main:./a.env'))
    expect(new TextDecoder().decode(repo.objects.getObject(await resolveObject(context, 'HEAD:a.env')))).toBe('A=1\n')
    expect(new TextDecoder().decode(repo.objects.getObject(await resolveObject(context, 'HEAD:~/h')))).toBe('home')
    expect(await resolveObject(context, 'HEAD:dir/')).toBe(await resolveObject(context, 'HEAD:dir'))
    expect(await resolveObject(context, 'HEAD^{body}')).not.toBe(tree)
    expect(await resolveObject(context, 'HEAD')).toBe(header.id)
    expect(await resolveObject(context, 'v1')).not.toBe(repo.index.node(3).id)
    expect(await resolveObject(context, 'v1^{}')).toBe(repo.index.node(3).id)
    for (const text of ['HEAD:none', 'HEAD:a.env/x', 'HEAD:/etc', 'INIT:a']) await expect(resolveObject(context, text), text).rejects.toMatchObject({ kind: 'not-found' })
    await expect(resolveObject(context, 'HEAD:none')).rejects.toMatchObject({ code: 'PATH_NOT_FOUND', data: { path: 'none', revision: 'HEAD:none' } })
  })

  it('knows the tips, the current branch and its tip', async () => {
    expect([...await allTips(context)].sort()).toEqual([1, 2, 3, 4, 5])
    expect(currentBranch(context)).toBe('refs/heads/main')
    expect(currentBranch({ ...context, branch: 'refs/heads/side' })).toBe('refs/heads/side')
    expect(getTip({ ...context, branch: 'refs/heads/side' })).toBe(repo.index.node(4).id)
    expect(await resolveAtom({ ...context, branch: 'refs/heads/side' }, 'HEAD~1')).toBe(2)
    expect(getTip(await aRepo({ init: 'none' }))).toBeUndefined()
  })
})

describe('what is ambiguous', () => {
  /** A store whose index holds ATOMs of these digests, all with one atom id. */
  async function withDigests(digests: readonly string[], others: readonly string[] = []): Promise<ResolveContext> {
    const store = createMemoryStore()
    const staged = createOverlay(store)
    const index = createTrailIndex(staged)
    for (const [seq, digest] of digests.entries()) {
      const id = `71${digest}` as ObjectId
      indexAtom(staged, index, { seq, atom: { id, header: anAtomHeader({ parents: [] }), changes: [] } })
      staged.put(objectKey(id), new Uint8Array(1))
    }
    for (const digest of others) staged.put(objectKey(digest as ObjectId), new Uint8Array(1))
    await store.write(staged.batch(), 'sync')
    return { store, index: createTrailIndex(store), nowMs: 0 }
  }
  const digest = (start: string): string => start.padEnd(64, '0')

  it('lists the ATOMs that begin so', async () => {
    const context = await withDigests([digest('abcd1'), digest('abcd2')])
    await expect(resolveAtom(context, 'abcd')).rejects.toMatchObject({ code: 'ID_AMBIGUOUS', data: { prefix: 'abcd', candidates: [`${digest('abcd1')} ATOM-CFG-20241127-003`, `${digest('abcd2')} ATOM-CFG-20241127-003`] } })
    expect(await resolveAtom(context, 'abcd2')).toBe(1)
  })

  it('is one ATOM among many other objects, and never one of two', async () => {
    const others = Array.from({ length: 40 }, (_, at) => `71${digest(`abcd0${at.toString(16).padStart(2, '0')}`)}`)
    expect(await resolveAtom(await withDigests([digest('abcdff')], others), 'abcd')).toBe(0)
    // Both ATOMs stand behind more objects than are ever listed.
    await expect(resolveAtom(await withDigests([digest('abcdfe'), digest('abcdff')], others), 'abcd')).rejects.toMatchObject({ code: 'ID_AMBIGUOUS' })
    const none = await withDigests([], [...others, `55${digest('abcd')}`])
    const error = await resolveObject(none, 'abcd').catch((thrown: unknown) => thrown) as { data: { candidates: string[] } }
    expect(error.data.candidates).toHaveLength(10)
    expect(await resolveObject(none, 'abcd001')).toBe(`71${digest('abcd001')}`)
  })

  it('lists the ATOMs with one atom id, each with enough of its object id', async () => {
    const context = await withDigests([digest('aaaaaa1'), digest('bbbbbb2')])
    await expect(resolveAtom(context, 'ATOM-CFG-20241127-003')).rejects.toMatchObject({ code: 'ID_AMBIGUOUS', data: { candidates: ['ATOM-CFG-20241127-003-aaaaaa10', 'ATOM-CFG-20241127-003-bbbbbb20'] } })
    expect(await resolveAtom(context, 'ATOM-CFG-20241127-003-bbbbbb')).toBe(1)
  })
})
