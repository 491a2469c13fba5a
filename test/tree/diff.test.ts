import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObjectId } from '../../src/codec/object-id.js'
import type { TreeEntry } from '../../src/object/tree.js'
import { changeKind, diffTrees } from '../../src/tree/diff.js'
import { EMPTY_TREE } from '../../src/tree/read.js'
import { aTreeStore, executable, file, symlink } from '../helpers/trees.js'

const name = fc.constantFrom('a', 'b', 'ab', 'c', '__proto__')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
const entry = fc.oneof(fc.integer({ min: 0, max: 3 }).map((seed) => file(String(seed))), fc.constant(executable('1')), fc.constant(symlink('1')))
const paths = fc.array(fc.tuple(path, entry), { maxLength: 10 })
  .map((pairs) => new Map(pairs.filter(([left]) => !pairs.some(([right]) => right.startsWith(`${left}/`)))))

describe('the difference of two trees', () => {
  it('applied to the first gives the second, and backwards the first', () => {
    fc.assert(fc.property(paths, paths, (left, right) => {
      const store = aTreeStore()
      const [before, after] = [store.of(left), store.of(right)]
      const changes = diffTrees(store, before, after)
      expect(store.update(before, new Map(changes.map((change) => [change.path, change.after])))).toBe(after)
      expect(store.update(after, new Map(changes.map((change) => [change.path, change.before])))).toBe(before)
      expect(changes.map((change) => change.path)).toEqual([...new Set(changes.map((change) => change.path))].sort())
      for (const change of changes) {
        expect(change.before).toEqual(left.get(change.path))
        expect(change.after).toEqual(right.get(change.path))
      }
      expect(diffTrees(store, before, before)).toEqual([])
    }), { numRuns: 300 })
  })

  it.each([[1_000, 1_030], [1_030, 5_000], [5_000, 30_000]])('finds what differs between a folder of %i and one of %i names', (fewer, more) => {
    const store = aTreeStore()
    const names = Array.from({ length: more }, (_, index) => `project/${String(index)}`)
    const [before, after] = [store.of(names.slice(0, fewer)), store.of(names)]
    const added = diffTrees(store, before, after)
    expect(added).toHaveLength(more - fewer)
    expect(added.every(({ change }) => change === 'add')).toBe(true)
    const touched = store.update(after, new Map([['project/7', file('other')], ['project/8', undefined]]))
    expect(diffTrees(store, after, touched).map(({ path: at, change }) => [at, change])).toEqual([['project/7', 'modify'], ['project/8', 'delete']])
  })

  it('reads no folder that is equal on both sides', () => {
    const store = aTreeStore()
    const names = Array.from({ length: 2_000 }, (_, index) => `project/big/${String(index)}`)
    const before = store.of([...names, 'project/a'])
    const after = store.update(before, new Map([['project/a', file('new')]]))
    const read = new Set<ObjectId>()
    diffTrees({ getObject: (id) => { read.add(id); return store.getObject(id) } }, before, after)
    expect(read.size).toBe(4)
  })

  it('tells an add from a mode, a type, a folder that became a file', () => {
    const store = aTreeStore()
    const kinds = (left: readonly [string, TreeEntry][], right: readonly [string, TreeEntry][]): string[] =>
      diffTrees(store, store.of(new Map(left)), store.of(new Map(right))).map(({ path: at, change }) => `${change} ${at}`)
    expect(kinds([['a', file('x')]], [['a', executable('x')]])).toEqual(['mode a'])
    expect(kinds([['a', file('x')]], [['a', executable('y')]])).toEqual(['modify a'])
    expect(kinds([['a', file('x')]], [['a', symlink('x')]])).toEqual(['type a'])
    expect(kinds([['a', file('x')]], [['a/b', file('x')]])).toEqual(['delete a', 'add a/b'])
    expect(kinds([['a/b', file('x')], ['a/c', file('x')]], [['a', symlink('x')]])).toEqual(['add a', 'delete a/b', 'delete a/c'])
    expect(kinds([], [['a', file('x')]])).toEqual(['add a'])
    expect(diffTrees(store, EMPTY_TREE.id, EMPTY_TREE.id)).toEqual([])
    expect(changeKind({})).toBeUndefined()
  })
})
