import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differingEntries, firstName } from '../../src/object/differing-entries.js'
import { getPackedTree, type PackedTree } from '../../src/object/packed-tree.js'
import { encodeTree, EXECUTABLE_MODE, FILE_MODE, FOLDER_MODE, type TreeEntry } from '../../src/object/tree.js'
import { anId } from '../helpers/objects.js'

const packedOf = (entries: ReadonlyMap<string, TreeEntry>): PackedTree => getPackedTree(encodeTree({ is: 'entries', entries })) as PackedTree
const aName = fc.oneof(fc.constantFrom('a', 'b', 'aa', 'ab', '__proto__', 'é', '\u{1F600}', '1'), fc.integer({ min: 20, max: 300 }).map((length) => 'n'.repeat(length)))
const anEntry: fc.Arbitrary<TreeEntry> = fc.constantFrom(
  { mode: FILE_MODE, link: anId('file', 'raw') }, { mode: FILE_MODE, link: anId('file') }, { mode: EXECUTABLE_MODE, link: anId('file', 'raw') }, { mode: FOLDER_MODE, link: anId('folder') },
)
const someEntries = fc.array(fc.tuple(aName, anEntry), { maxLength: 12 }).map((pairs): ReadonlyMap<string, TreeEntry> => new Map(pairs))

describe('what differs between two folders', () => {
  it('is what a look at every entry finds', () => {
    fc.assert(fc.property(someEntries, someEntries, (before, after) => {
      const expected = [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
        const [old, next] = [before.get(name), after.get(name)]
        return old?.mode === next?.mode && old?.link === next?.link ? [] : [[name, { ...(old && { before: old }), ...(next && { after: next }) }] as const]
      })
      expect(differingEntries(packedOf(before), packedOf(after))).toEqual(new Map(expected))
    }))
  })

  it('begins with the first name in the order of the bytes', () => {
    expect(firstName(packedOf(new Map()))).toBeUndefined()
    expect(firstName(packedOf(new Map(['aa', 'c', 'b'].map((name) => [name, { mode: FILE_MODE, link: anId('file', 'raw') }]))))).toBe('b')
  })
})
