import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../src/base/bytes.js'
import { NAME_MAX_BYTES, TREE_MAX_BYTES, TREE_MAX_ENTRIES } from '../../src/base/limits.js'
import { openAs } from '../../src/object/open.js'
import { compareTrees, EMPTY_PACKED, getPackedEntry, getPackedTree, isOverfull, packedEntries, spliceEntries, type PackedTree } from '../../src/object/packed-tree.js'
import { checkEntryName, encodeTree, EXECUTABLE_MODE, FILE_MODE, FOLDER_MODE, mustSplit, SYMLINK_MODE, type TreeEntry } from '../../src/object/tree.js'
import { anId, codeOf } from '../helpers/objects.js'

type Entries = ReadonlyMap<string, TreeEntry>

const FILE: TreeEntry = { mode: FILE_MODE, link: anId('file', 'raw') }
const encoded = (entries: Entries): Uint8Array => encodeTree({ is: 'entries', entries })
const packedOf = (entries: Entries): PackedTree => getPackedTree(encoded(entries)) as PackedTree
const sortedEntries = (bytes: Uint8Array): unknown => {
  const tree = openAs(bytes, 'tree')
  return tree.is === 'entries' ? [...tree.entries].sort() : tree
}

const aName = fc.oneof(fc.constantFrom('a', 'b', 'c', 'aa', 'ab', 'a.txt', '...', '.a', '__proto__', 'constructor', '1', '10', 'é', '\uFEFFx', '\u{1F600}'), fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), fc.integer({ min: 20, max: 300 }).map((length) => 'n'.repeat(length)))
  .filter((name) => codeOf(() => { checkEntryName(name) }) === 'nothing')
const anEntry: fc.Arbitrary<TreeEntry> = fc.constantFrom(FILE, { mode: EXECUTABLE_MODE, link: anId('large') }, { mode: SYMLINK_MODE, link: anId('to', 'raw') }, { mode: FOLDER_MODE, link: anId('folder') }, { mode: FILE_MODE, link: anId('other', 'raw') })
const someEntries = fc.array(fc.tuple(aName, anEntry), { maxLength: 40 }).map((pairs): Entries => new Map(pairs))
const someChanges = fc.array(fc.tuple(aName, fc.option(anEntry, { nil: undefined })), { maxLength: 12 }).map((pairs): ReadonlyMap<string, TreeEntry | undefined> => new Map(pairs))

describe('a packed tree', () => {
  it('is changed into the bytes that encoding the changed entries gives', () => {
    fc.assert(fc.property(someEntries, fc.array(someChanges, { maxLength: 4 }), (entries, steps) => {
      let model = new Map(entries)
      let tree = packedOf(entries)
      // Of names that are there too, so that some are replaced and some go.
      const touching = steps.map((step, at) => new Map([...step, ...[...entries.keys()].filter((_, index) => index % 3 === at).map((name, index) => [name, index % 2 === 0 ? undefined : FILE] as const)]))
      for (const changes of touching) {
        model = new Map(model)
        for (const [name, entry] of changes) if (entry === undefined) model.delete(name)
          else model.set(name, entry)
        tree = spliceEntries(tree, changes)
        expect(toHex(tree.bytes)).toBe(toHex(encoded(model)))
        expect(tree).toEqual(packedOf(model))
        for (const name of [...changes.keys(), ...entries.keys(), 'never']) expect(getPackedEntry(tree, name)).toEqual(model.get(name))
      }
    }))
  })

  it('is compared with another one: what it has and that one has not, and whether their names are the same', () => {
    const other = fc.tuple(someEntries, someEntries, fc.boolean()).map(([left, right, isNear]) => [left, isNear ? new Map([...left].map(([name, entry], at) => [name, at % 3 === 0 ? FILE : entry])) : right] as const)
    fc.assert(fc.property(other, ([left, right]) => {
      const [tree, base] = [packedOf(left), packedOf(right)]
      const all = [...packedEntries(tree)]
      expect(new Map(all)).toEqual(new Map(left))
      const { changed, names } = compareTrees(tree, base)
      expect(names).toBe([...left.keys()].sort().join('/') === [...right.keys()].sort().join('/') ? 'same' : 'other')
      const wanted = all.flatMap(([name, entry], index) => {
        const before = right.get(name)
        return before?.mode === entry.mode && before.link === entry.link ? [] : [{ index, entry, before }]
      })
      expect(changed).toEqual(wanted)
    }))
    expect(compareTrees(EMPTY_PACKED, EMPTY_PACKED)).toEqual({ changed: [], names: 'same' })
  })

  it('is what the decoder takes, and nothing else', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), how: fc.constantFrom('set', 'flip', 'drop', 'insert', 'cut') })
    fc.assert(fc.property(someEntries, change, (entries, { at, byte, how }) => {
      const bytes = [...encoded(entries)]
      const index = at % bytes.length
      if (how === 'set') bytes[index] = byte
      else if (how === 'flip') bytes[index] = (bytes[index] as number) ^ (1 << byte % 8)
      else if (how === 'drop') bytes.splice(index, 1)
      else if (how === 'insert') bytes.splice(index, 0, byte)
      else bytes.length = index
      const mutated = Uint8Array.from(bytes)
      const isTaken = codeOf(() => openAs(mutated, 'tree')) === 'nothing'
      const tree = getPackedTree(mutated)
      expect(tree !== undefined).toBe(isTaken)
      if (tree !== undefined) expect([...new Map((sortedEntries(mutated) as [string, TreeEntry][]).map(([name]) => [name, getPackedEntry(tree, name)]))]).toEqual(sortedEntries(mutated))
    }), { numRuns: 2_000 })
  })

  it('is refused with its entries out of order, twice the same, and with a head that is longer than it need be', () => {
    const [one, two] = [encoded(new Map([['a', FILE]])), encoded(new Map([['a', FILE], ['b', FILE]]))]
    const start = packedOf(new Map([['a', FILE]])).start
    const size = one.length - encoded(new Map()).length
    const swapped = two.slice()
    swapped.set(two.subarray(start + size, start + 2 * size), start)
    expect(getPackedTree(swapped)).toBeUndefined()
    swapped.set(two.subarray(start, start + size), start + size)
    expect(getPackedTree(swapped)).toBeUndefined()
    expect(getPackedTree(Uint8Array.from([...one.subarray(0, start - 1), 0xb8, 1, ...one.subarray(start)]))).toBeUndefined()
    expect(getPackedTree(Uint8Array.from([...one.subarray(0, start), 0x78, 1, ...one.subarray(start + 1)]))).toBeUndefined()
    expect(getPackedTree(encodeTree({ is: 'node', leaves: new Map([['0', anId('leaf')]]) }))).toBeUndefined()
    expect(getPackedTree(new Uint8Array(0))).toBeUndefined()
  })

  it('has the heads of every length of name and number of entries', () => {
    for (const length of [1, 23, 24, 255, 256, NAME_MAX_BYTES]) {
      const tree = spliceEntries(EMPTY_PACKED, new Map([['x'.repeat(length), FILE]]))
      expect(toHex(tree.bytes)).toBe(toHex(encoded(new Map([['x'.repeat(length), FILE]]))))
    }
    let tree = EMPTY_PACKED
    const model = new Map<string, TreeEntry>()
    for (let index = 0; index < TREE_MAX_ENTRIES; index++) {
      model.set(`f${String(index)}`, FILE)
      tree = spliceEntries(tree, new Map([[`f${String(index)}`, FILE]]))
      if ([1, 23, 24, 255, 256, TREE_MAX_ENTRIES].includes(model.size)) expect(toHex(tree.bytes)).toBe(toHex(encoded(model)))
    }
    expect(isOverfull(tree)).toBe(false)
    expect(isOverfull(spliceEntries(tree, new Map([['one more', FILE]])))).toBe(true)
  })

  it('counts its bytes as the rule of the split does', () => {
    const nameBytes = TREE_MAX_BYTES / 512 - 55
    const names = Array.from({ length: 512 }, (_, index) => `${String(index)}-${'é'.repeat(100)}`)
    const exact = names.map((name) => name + 'x'.repeat(nameBytes - utf8(name).length))
    for (const list of [exact, [...exact.slice(1), `${exact[0] as string}x`]]) {
      const tree = spliceEntries(EMPTY_PACKED, new Map(list.map((name) => [name, FILE])))
      expect(isOverfull(tree)).toBe(mustSplit(list))
    }
    expect(mustSplit(exact)).toBe(false)
  })
})
