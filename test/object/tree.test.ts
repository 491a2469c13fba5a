import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWellFormed, toHex, utf8 } from '../../src/base/bytes.js'
import { TREE_MAX_BYTES, TREE_MAX_ENTRIES } from '../../src/base/limits.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode, type CborValue } from '../../src/codec/cbor.js'
import { cidFromId, type ObjectId } from '../../src/codec/object-id.js'
import { openAs } from '../../src/object/open.js'
import type { Fields } from '../../src/object/shape.js'
import { checkEntryName, encodeTree, EXECUTABLE_MODE, FILE_MODE, FOLDER_MODE, mustSplit, SYMLINK_MODE, type TreeEntry, type TreeObject } from '../../src/object/tree.js'
import { aCid, anId, codeOf, withKey } from '../helpers/objects.js'
import { shapeSuite } from '../helpers/shape-suite.js'

const FILE: TreeEntry = { mode: FILE_MODE, link: anId('file', 'raw') }
const entriesOf = (map: Iterable<readonly [string, TreeEntry]>): TreeObject => ({ is: 'entries', entries: new Map(map) })

function fieldsOf(tree: TreeObject): object {
  if (tree.is === 'node') return { version: 1, kind: 'tree', leaves: new Map([...tree.leaves].map(([digit, id]) => [digit, cidFromId(id)])) }
  return { version: 1, kind: 'tree', entries: new Map([...tree.entries].map(([name, { mode, link }]) => [name, { mode, link: cidFromId(link) }])) }
}

const aName = fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), fc.constantFrom('__proto__', 'constructor', '1', '10', '02', '\u{1F600}aa', '\uFFFD\uFFFD')).filter((name) => codeOf(() => { checkEntryName(name) }) === 'nothing')
const anEntry: fc.Arbitrary<TreeEntry> = fc.constantFrom(FILE, { mode: EXECUTABLE_MODE, link: anId('large') }, { mode: SYMLINK_MODE, link: anId('to', 'raw') }, { mode: FOLDER_MODE, link: anId('folder') })

describe('tree of entries', () => {
  const sample = decode(encodeTree(entriesOf([['a.env', FILE]]))) as Fields
  shapeSuite('tree', sample, { needed: { entries: 'map' } })

  it('is written as encode writes its map, and comes back', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.tuple(aName, anEntry), { selector: ([name]) => name, maxLength: 20 }), (entries) => {
      const tree = entriesOf(entries)
      const bytes = encodeTree(tree)
      expect(toHex(bytes)).toBe(toHex(encode(fieldsOf(tree))))
      const back = openAs(bytes, 'tree')
      expect(back.is === 'entries' && new Map([...back.entries].sort())).toEqual(new Map([...tree.is === 'entries' ? tree.entries : []].sort()))
    }))
  })
  it.each<[string, CborValue]>([
    ['no mode', { link: aCid('a', 'raw') }], ['no link', { mode: FILE_MODE }], ['a mode that git has no longer', { mode: 0o100664, link: aCid('a', 'raw') }], ['a submodule', { mode: 0o160000, link: aCid('a') }],
    ['a folder that is raw', { mode: FOLDER_MODE, link: aCid('a', 'raw') }], ['more', { mode: FILE_MODE, link: aCid('a', 'raw'), size: 1 }], ['a text as mode', { mode: '0644', link: aCid('a', 'raw') }], ['a bare link', aCid('a')], ['null', null],
  ])('refuses an entry with %s', (_, entry) => {
    expect(codeOf(() => openAs(withKey(sample, 'entries', { a: entry }), 'tree'))).toBe('OBJECT_INVALID')
  })
  it.each(['', '.', '..', 'a/b', '/', 'a\0b', 'x'.repeat(1_025), 'é'.repeat(513), '\uD800'])('refuses the name %j', (name) => {
    expect(codeOf(() => { checkEntryName(name) })).toBe('OBJECT_INVALID')
    expect(codeOf(() => encodeTree(entriesOf([[name, FILE]])))).toBe('OBJECT_INVALID')
    if (isWellFormed(name)) expect(codeOf(() => openAs(encode(fieldsOf(entriesOf([[name, FILE]]))), 'tree'))).toBe('OBJECT_INVALID')
  })
  it.each(['...', '.a', 'a.', 'a b', '-', '\\', 'CON', '\n', '__proto__', 'x'.repeat(1_024), 'é'.repeat(512), 'e\u0301'])('takes the name %j', (name) => {
    expect(codeOf(() => openAs(encodeTree(entriesOf([[name, FILE]])), 'tree'))).toBe('nothing')
  })
})

describe('the split of a folder', () => {
  const names = (count: number, bytes: number, letter = 'x'): string[] => Array.from({ length: count }, (_, index) => String(index).padEnd(8, '-') + letter.repeat((bytes - 8) / utf8(letter).length))
  it('comes after 1,024 entries', () => {
    expect([TREE_MAX_ENTRIES, TREE_MAX_ENTRIES + 1].map((count) => mustSplit(names(count, 8)))).toEqual([false, true])
  })
  it('comes after 262,144 bytes, 55 for each entry and its name', () => {
    const exact = names(512, TREE_MAX_BYTES / 512 - 55)
    expect(mustSplit(exact)).toBe(false)
    expect(mustSplit([...exact.slice(1), `${exact[0] ?? ''}x`])).toBe(true)
  })
  it('counts UTF-8 bytes, also of names that can be walked only once', () => {
    for (const letter of ['é', '€', '\u{1F600}']) {
      const wide = names(700, 368, letter)
      expect(wide.join('').length + 55 * 700).toBeLessThanOrEqual(TREE_MAX_BYTES)
      expect(mustSplit(wide)).toBe(true)
      expect(mustSplit(new Set(wide).values())).toBe(true)
      expect(codeOf(() => encodeTree(entriesOf(wide.map((name) => [name, FILE]))))).toBe('OBJECT_INVALID')
    }
  })
  it('is never made of one entry or none', () => {
    expect([mustSplit([]), mustSplit(['x'.repeat(1_024)])]).toEqual([false, false])
  })
  it('leaves every tree that need not be split far below 1 MiB', () => {
    const entries = names(TREE_MAX_ENTRIES, TREE_MAX_BYTES / TREE_MAX_ENTRIES - 55).map((name) => [name, FILE] as const)
    expect(encodeTree(entriesOf(entries)).length).toBeLessThan(TREE_MAX_BYTES + 4 * TREE_MAX_ENTRIES)
  })
  it('is demanded of what is read too', () => {
    const many = entriesOf(names(TREE_MAX_ENTRIES + 1, 8).map((name) => [name, FILE]))
    expect(codeOf(() => encodeTree(many))).toBe('OBJECT_INVALID')
    expect(codeOf(() => openAs(encode(fieldsOf(many)), 'tree'))).toBe('OBJECT_INVALID')
  })
})

describe('tree of leaves', () => {
  const digits = '0123456789abcdef'
  const node: TreeObject = { is: 'node', leaves: new Map([...digits].reverse().map((digit) => [digit, anId(digit)])) }
  const sample = decode(encodeTree(node)) as Fields
  shapeSuite('tree', sample, { needed: { leaves: 'own check' } })

  it('is written as encode writes its map, and comes back', () => {
    expect(toHex(encodeTree(node))).toBe(toHex(encode(fieldsOf(node))))
    expect(openAs(encodeTree(node), 'tree')).toEqual(node)
  })
  it('refuses entries beside leaves, none at all, and leaves that are no hex digit or no tree', () => {
    const leaf = aCid('a')
    expect(codeOf(() => openAs(withKey(sample, 'entries', {}), 'tree'))).toBe('OBJECT_INVALID')
    for (const leaves of [{}, { g: leaf }, { A: leaf }, { '': leaf }, { '00': leaf }, { a: aCid('a', 'raw') }, { a: 1 }, { ['__proto__']: leaf, 'é': leaf }]) {
      expect(codeOf(() => openAs(withKey(sample, 'leaves', leaves), 'tree'))).toBe('OBJECT_INVALID')
    }
    const wrong: ReadonlyMap<string, ObjectId>[] = [new Map(), new Map([['g', anId('a')]]), new Map([['a', anId('a', 'raw')]])]
    for (const leaves of wrong) expect(codeOf(() => encodeTree({ is: 'node', leaves }))).toBe('OBJECT_INVALID')
  })
})
