import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, isWellFormed, toHex, utf8 } from '../../src/base/bytes.js'
import { encodeGitTree, getGitTree, GIT_FILE, GIT_FOLDER, withFolder, type GitEntry } from '../../src/git/git-object.js'

const OID = 'ab'.repeat(20)
const aName = fc.oneof(fc.constantFrom('a', 'a.b', 'a0', 'a-', 'ab', '.', '.a', '.atom0', '-', '\u{1F600}', '\uFFFD'), fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((name) => !/[\0/]/.test(name) && isWellFormed(name)))
const someEntries = fc.array(fc.tuple(aName, fc.constantFrom<GitEntry>({ mode: GIT_FILE, oid: OID }, { mode: GIT_FOLDER, oid: '01'.repeat(20) })), { maxLength: 20 }).map((pairs) => new Map(pairs))

describe('a tree of git', () => {
  it('has its entries in git\'s order, and is read back', () => {
    fc.assert(fc.property(someEntries, (entries) => {
      const read = getGitTree(encodeGitTree(entries))
      expect(new Map(read)).toEqual(entries)
      const keys = [...(read ?? [])].map(([name, { mode }]) => utf8(mode === GIT_FOLDER ? `${name}/` : name))
      expect(keys.map((key) => toHex(key))).toEqual([...keys].sort(compareBytes).map((key) => toHex(key)))
    }))
  })

  it('takes one more folder at its place', () => {
    fc.assert(fc.property(someEntries, aName, (entries, name) => {
      const without = new Map([...entries].filter(([other]) => other !== name))
      expect(toHex(withFolder(encodeGitTree(without), name, OID))).toBe(toHex(encodeGitTree(new Map([...without, [name, { mode: GIT_FOLDER, oid: OID }]]))))
    }))
  })
})
