import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObjectId } from '../../src/codec/object-id.js'
import { ownedLinks } from '../../src/object/links.js'
import { openAny } from '../../src/object/open.js'
import { FOLDER_MODE, type TreeEntry } from '../../src/object/tree.js'
import { diffTrees } from '../../src/tree/diff.js'
import { EMPTY_TREE, getEntry, readTree } from '../../src/tree/read.js'
import { updateTree } from '../../src/tree/update.js'
import { codeOf } from '../helpers/objects.js'
import { aTreeStore, executable, file, symlink, type TreeStore } from '../helpers/trees.js'

type Paths = Map<string, TreeEntry>

/** What changes do to a set of paths: a path that is gone takes what is below along; a file takes the place of a folder, and a folder that of a file. */
function applyTo(paths: Paths, changes: ReadonlyMap<string, TreeEntry | undefined>): Paths {
  const next = new Map(paths)
  for (const [path, entry] of changes) if (entry === undefined) for (const other of [...next.keys()]) if (other === path || other.startsWith(`${path}/`)) next.delete(other)
  for (const [path, entry] of changes) {
    if (entry === undefined) continue
    for (const other of [...next.keys()]) if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) next.delete(other)
    next.set(path, entry)
  }
  return next
}

/** Returns the tree objects that a root leads to. */
function reachable(store: TreeStore, root: ObjectId): Set<ObjectId> {
  const seen = new Set<ObjectId>()
  const visit = (id: ObjectId): void => {
    if (seen.has(id)) return
    seen.add(id)
    for (const link of ownedLinks(openAny(store.getObject(id) as Uint8Array))) if (link.role === 'tree') visit(link.id)
  }
  visit(root)
  return seen
}

const name = fc.constantFrom('a', 'b', 'ab', 'c.txt', '__proto__', 'é')
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
const entry = fc.oneof(fc.integer({ min: 0, max: 5 }).map((seed) => file(String(seed))), fc.constant(executable('x')), fc.constant(symlink('y')))
const isConsistent = (changes: ReadonlyMap<string, TreeEntry | undefined>): boolean =>
  [...changes].every(([left, one]) => one === undefined || [...changes].every(([right, other]) => other === undefined || !right.startsWith(`${left}/`)))
const changeSet = fc.array(fc.tuple(path, fc.option(entry, { nil: undefined, freq: 3 })), { maxLength: 8 }).map((pairs) => new Map(pairs)).filter(isConsistent)

describe('updating a tree', () => {
  it('does to paths what the same changes do to a map, and leaves nothing behind', () => {
    fc.assert(fc.property(fc.array(changeSet, { maxLength: 6 }), (steps) => {
      const store = aTreeStore()
      let root: ObjectId = EMPTY_TREE.id
      let model: Paths = new Map()
      for (const changes of steps) {
        const updated = updateTree(store, root, changes)
        for (const { id, bytes } of updated.objects) store.objects.set(id, bytes)
        if (updated.changes !== undefined) expect(updated.changes).toEqual(diffTrees(store, root, updated.root))
        root = updated.root
        model = applyTo(model, changes)
        expect([...store.paths(root)].sort()).toEqual([...model].sort())
        const reached = reachable(store, root)
        expect(updated.objects.filter(({ id }) => !reached.has(id))).toEqual([])
      }
      // The shape depends on the paths alone, not on how they came there.
      expect(store.of(model)).toBe(root)
      expect(store.of(new Map([...model].reverse()))).toBe(root)
    }), { numRuns: 300 })
  })

  it('tells what changed without comparing, unless a folder went or came as a whole', () => {
    const store = aTreeStore()
    const root = store.of(['project/a', 'project/b', 'project/d/e'])
    const told = (changes: ReadonlyMap<string, TreeEntry | undefined>): unknown => updateTree(store, root, changes).changes?.map(({ path: at, change }) => `${change} ${at}`)
    expect(told(new Map([['project/a', file('new')], ['project/b', undefined], ['project/d/f', file('f')], ['project/none', undefined], ['project/d/e', file('project/d/e')]]))).toEqual(['modify project/a', 'delete project/b', 'add project/d/f'])
    expect(told(new Map([['project/a', executable('project/a')], ['project/b', symlink('b')]]))).toEqual(['mode project/a', 'type project/b'])
    expect(told(new Map([['project/d', undefined]]))).toBeUndefined()
    expect(told(new Map([['project/d', file('d')]]))).toBeUndefined()
    expect(told(new Map([['project/a/b', file('b')]]))).toBeUndefined()
    expect(told(new Map([['project/a', undefined], ['project/a/b', file('b')]]))).toBeUndefined()
  })

  it('splits a folder at 1,025 names and joins it again at 1,024, whatever the order', () => {
    const names = Array.from({ length: 1_025 }, (_, index) => `project/${String(index)}`)
    const store = aTreeStore()
    const folder = (root: ObjectId): ObjectId => getEntry(store, root, 'project')?.link ?? EMPTY_TREE.id
    const all = store.of(names)
    const fewer = store.of(names.slice(1))
    expect(readTree(store, folder(all)).is).toBe('node')
    expect(readTree(store, folder(fewer)).is).toBe('entries')
    expect(store.of([...names].reverse())).toBe(all)
    expect(store.update(fewer, new Map([[names[0] as string, file(names[0] as string)]]))).toBe(all)
    expect(store.update(all, new Map([[names[0] as string, undefined]]))).toBe(fewer)
    const swapped = store.update(all, new Map([[names[0] as string, undefined], ['project/new', file('new')]]))
    expect(readTree(store, folder(swapped)).is).toBe('node')
    const updated = updateTree(store, all, new Map([[names[0] as string, undefined]]))
    expect(updated.objects).toHaveLength(2)
  })

  it('splits a folder by the length of its names at 256 KiB', () => {
    const names = Array.from({ length: 300 }, (_, index) => `project/${String(index).padEnd(1_000, 'n')}`)
    const store = aTreeStore()
    const root = store.of(names)
    expect(readTree(store, getEntry(store, root, 'project')?.link as ObjectId).is).toBe('node')
    const half = store.of(names.slice(0, 150))
    expect(readTree(store, getEntry(store, half, 'project')?.link as ObjectId).is).toBe('entries')
    expect(store.update(root, new Map(names.slice(150).map((path_) => [path_, undefined])))).toBe(half)
  })

  it('keeps one shape through two levels of splitting, by any way to it', { timeout: 60_000 }, () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `project/f${String(index)}`)
    const store = aTreeStore()
    const all = store.of(names)
    let grown: ObjectId = EMPTY_TREE.id
    for (let from = 0; from < names.length; from += 4_000) grown = store.update(grown, new Map(names.slice(from, from + 4_000).reverse().map((path_) => [path_, file(path_)])))
    expect(grown).toBe(all)
    expect(store.update(all, new Map(names.slice(900).map((path_) => [path_, undefined])))).toBe(store.of(names.slice(0, 900)))
    expect(store.update(all, new Map(names.slice(9_000).map((path_) => [path_, undefined])))).toBe(store.of(names.slice(0, 9_000)))
    expect(store.update(all, new Map(names.map((path_) => [path_, undefined])))).toBe(EMPTY_TREE.id)
  })

  it('puts a file where a folder was, a folder where a file was', () => {
    const store = aTreeStore()
    const root = store.of(['project/a/x', 'project/a/y', 'project/b'])
    const replaced = store.update(root, new Map([['project/a', file('file')], ['project/b/c', file('inner')]]))
    expect([...store.paths(replaced).keys()]).toEqual(['project/a', 'project/b/c'])
    const named = store.update(root, new Map([['project/a', file('file')], ['project/a/x', undefined], ['project/a/y', undefined]]))
    expect([...store.paths(named).keys()]).toEqual(['project/a', 'project/b'])
    expect([...store.paths(store.update(root, new Map([['project/a', undefined], ['project/a/z', file('z')]]))).keys()]).toEqual(['project/a/z', 'project/b'])
    // A delete below a file leaves the file.
    expect(store.update(root, new Map([['project/b/none', undefined]]))).toBe(root)
  })

  it('deletes a folder by its name, and empty folders with their last file', () => {
    const store = aTreeStore()
    const root = store.of(['project/a/b/c', 'project/d'])
    expect([...store.paths(store.update(root, new Map([['project/a', undefined]]))).keys()]).toEqual(['project/d'])
    const emptied = store.update(root, new Map([['project/a/b/c', undefined]]))
    expect(getEntry(store, emptied, 'project/a')).toBeUndefined()
    expect(store.update(emptied, new Map([['project/d', undefined]]))).toBe(EMPTY_TREE.id)
  })

  it('changes nothing, and makes nothing, without changes', () => {
    const store = aTreeStore()
    const root = store.of(['project/a'])
    expect(updateTree(store, root, new Map())).toEqual({ root, objects: [], changes: [] })
    expect(updateTree(store, root, new Map([['project/a', file('project/a')]])).root).toBe(root)
    expect(updateTree(store, EMPTY_TREE.id, new Map([['project/a', undefined]])).root).toBe(EMPTY_TREE.id)
  })

  it('refuses names that cannot be recorded, and a path that is a file and a folder at once', () => {
    const store = aTreeStore()
    for (const bad of ['', '/a', 'a//b', 'a/', '.', 'a/..', 'a/\0', 'a/\ud800', 'n'.repeat(1_025)]) {
      expect(codeOf(() => store.of([bad])), JSON.stringify(bad)).toBe('OBJECT_INVALID')
    }
    expect(codeOf(() => store.of(['a', 'a/b']))).toBe('OBJECT_INVALID')
    expect(codeOf(() => store.of(['a/b/c', 'a/b']))).toBe('OBJECT_INVALID')
  })

  it('never holds a folder as an entry of its own', () => {
    const store = aTreeStore()
    const root = store.of(['project/a/b'])
    for (const { mode } of store.paths(root).values()) expect(mode).not.toBe(FOLDER_MODE)
  })
})
