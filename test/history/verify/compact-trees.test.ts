import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { CompactTrees, type Sum } from '../../../src/history/verify/compact-trees.js'
import { KeyedHash } from '../../../src/history/verify/keyed-hash.js'
import { PlainTree } from '../../../src/history/verify/plain-objects.js'
import { Findings } from '../../../src/history/verify/finding.js'
import { createSafeReader } from '../../../src/history/verify/safe-reader.js'
import { EMPTY_TREE_ID, TreeChanges } from '../../../src/history/verify/tree-changes.js'
import { CHANGE_CODES } from '../../../src/index/derive.js'
import type { TreeEntry } from '../../../src/object/tree.js'
import { objectKey } from '../../../src/store/keys.js'
import { createMemoryStore } from '../../../src/store/memory-store.js'
import { objectsOf } from '../../../src/store/objects.js'
import type { Store } from '../../../src/store/types.js'
import { diffTrees } from '../../../src/tree/diff.js'
import { updateTree } from '../../../src/tree/update.js'
import { file } from './sample-store.js'

const hash = new KeyedHash(Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1))
const sumOf = (id: ObjectId): Sum | undefined => {
  hash.hexId(id)
  return id === EMPTY_TREE_ID ? undefined : { lo: hash.lo, hi: hash.hi }
}

/** Files by path: a text, and one of the three modes. */
type Files = Readonly<Record<string, readonly [string, TreeEntry['mode']]>>
const segment = fc.constantFrom('a', 'b', 'bb', 'c.env', 'dir')
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const content = fc.tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom<TreeEntry['mode']>(0o100644, 0o100755, 0o120000))
const someFiles: fc.Arbitrary<Files> = fc.dictionary(path, content, { maxKeys: 12 }).filter((found) => Object.keys(found).every((one) => Object.keys(found).every((other) => !other.startsWith(`${one}/`))))

async function write(store: Store, files: Files): Promise<ObjectId> {
  const updated = updateTree(objectsOf(store), EMPTY_TREE_ID, new Map(Object.entries(files).map(([name, [text, mode]]) => [name, file(utf8(text), mode).entry])))
  await store.write({ puts: [...new Map(updated.objects.map(({ id, bytes }) => [id, bytes]))].map(([id, bytes]) => [objectKey(id), bytes]), deletes: [] }, 'sync')
  return updated.root
}

async function held(store: Store): Promise<CompactTrees> {
  const trees = new CompactTrees(hash)
  const plain = new PlainTree()
  for await (const list of store.scan({ gte: Uint8Array.of(0x6f), lt: Uint8Array.of(0x70) })) {
    for (const [key, bytes] of list) {
      if (!plain.scan(bytes)) continue
      hash.id(0x71, key, 2)
      expect(trees.begin({ lo: hash.lo, hi: hash.hi }, plain.count)).toBe(true)
      for (let index = 0; index < plain.count; index++) {
        const name = trees.nameNumber(bytes, plain.nameAt(index), plain.nameEnd(index))
        hash.hexId(plain.entry(index).link)
        trees.add(name, plain.kind(index), hash)
      }
    }
  }
  return trees
}

const byPath = (left: { readonly path: string }, right: { readonly path: string }): number => (left.path < right.path ? -1 : 1)

describe('the two ways of comparing trees', () => {
  it('find what the index was made of', async () => {
    await fc.assert(fc.asyncProperty(someFiles, someFiles, async (one, other) => {
      const store = createMemoryStore()
      const before = await write(store, one)
      const after = await write(store, other)
      const expected = diffTrees(objectsOf(store), before, after).map((change) => ({ path: change.path, code: CHANGE_CODES[change.change] })).sort(byPath)
      const compact = (await held(store)).compare(sumOf(before), sumOf(after))
      expect([...compact ?? []].sort(byPath)).toEqual(expected)
      const read: { readonly path: string; readonly code: number }[] = []
      const changes = new TreeChanges(createSafeReader(store, new Findings(10), new AbortController().signal), { changed: ({ path: changed, code }) => { read.push({ path: changed, code }) }, unknown: () => { throw new Error('everything is there') }, excessive: () => { throw new Error('nothing is too large') } })
      changes.compare([{ seq: 1, before, after, prefix: '' }])
      expect(read.sort(byPath)).toEqual(expected)
    }), { numRuns: 300 })
  })

  it('say when a tree is not held, and when one cannot be read', async () => {
    const store = createMemoryStore()
    const root = await write(store, { 'dir/a': ['1', 0o100644] })
    expect(new CompactTrees(hash).compare(undefined, sumOf(root))).toBeUndefined()
    const unknown: number[] = []
    const changes = new TreeChanges(createSafeReader(createMemoryStore(), new Findings(10), new AbortController().signal), { changed: () => undefined, unknown: (seq) => { unknown.push(seq) }, excessive: () => { throw new Error('nothing is too large') } })
    changes.compare([{ seq: 7, before: EMPTY_TREE_ID, after: root, prefix: '' }])
    expect(unknown).toEqual([7])
  })
})
