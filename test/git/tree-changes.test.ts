import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import { encodeGitTree, getGitTree, GIT_FILE, GIT_FOLDER, oidOf, type GitEntry } from '../../src/git/git-object.js'
import { getTreeChanges } from '../../src/git/tree-changes.js'

const entry = fc.tuple(fc.constantFrom(GIT_FILE, GIT_FOLDER, 0o100755), fc.constantFrom('a', 'b', 'c')).map(([mode, text]): GitEntry => ({ mode, oid: oidOf({ type: 'blob', bytes: utf8(text) }) }))
const tree = fc.dictionary(fc.constantFrom('a', 'a-b', 'aa', 'b', 'é', 'é1', 'x y', 'z'), entry).map((entries) => new Map(Object.entries(entries)))

describe('what stands in one git tree and not in another', () => {
  it('makes one of the other, and is no more than what lies between the first and the last that differ', () => {
    fc.assert(fc.property(tree, tree, (before, after) => {
      const changes = getTreeChanges(encodeGitTree(before), encodeGitTree(after))
      const made = new Map(before)
      for (const name of changes?.removed.keys() ?? []) made.delete(name)
      for (const [name, added] of changes?.added ?? []) made.set(name, added)
      expect(new Map([...made].sort())).toEqual(new Map([...after].sort()))
    }))
  })

  it('is one entry where one changed, wherever it stands', () => {
    const entries = new Map(Array.from({ length: 300 }, (_, at): [string, GitEntry] => [`file ${String(at).padStart(3, '0')}`, { mode: GIT_FILE, oid: oidOf({ type: 'blob', bytes: utf8(String(at)) }) }]))
    for (const name of ['file 000', 'file 150', 'file 299']) {
      const after = new Map(entries).set(name, { mode: GIT_FILE, oid: 'f'.repeat(40) })
      const changes = getTreeChanges(encodeGitTree(entries), encodeGitTree(after))
      expect([changes?.removed, changes?.added].map((found) => [...found?.keys() ?? []])).toEqual([[name], [name]])
    }
    expect(getTreeChanges(encodeGitTree(entries), encodeGitTree(entries))).toEqual({ removed: new Map(), added: new Map() })
  })

  it('is not led astray by an id that looks like an entry', () => {
    const hidden = Buffer.concat([Buffer.from('100644 b\0'), Buffer.alloc(11, 7)]).toString('hex')
    const before = new Map<string, GitEntry>([['a', { mode: GIT_FILE, oid: hidden }], ['c', { mode: GIT_FILE, oid: '2'.repeat(40) }]])
    const after = new Map<string, GitEntry>([['b', { mode: GIT_FILE, oid: `${'07'.repeat(11)}${Buffer.from('100644 c\0').toString('hex')}` }], ['c', { mode: GIT_FILE, oid: '2'.repeat(40) }]])
    for (const [left, right] of [[before, after], [after, before]] as const) {
      const changes = getTreeChanges(encodeGitTree(left), encodeGitTree(right))
      const made = new Map(left)
      for (const name of changes?.removed.keys() ?? []) made.delete(name)
      expect(new Map([...made, ...changes?.added ?? []])).toEqual(right)
    }
  })

  it('is not known of what is no tree, and looks no further than what changed', () => {
    const good = encodeGitTree(new Map([['a', { mode: GIT_FILE, oid: '1'.repeat(40) }]]))
    expect(getTreeChanges(good, utf8('100644 a'))).toBeUndefined()
    expect(getTreeChanges(good, good.subarray(0, good.length - 1))).toBeUndefined()
    expect(getGitTree(good)?.size).toBe(1)
  })
})
