import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import { encodeGitTree, getCommitHead, getGitTree, oidOf, type GitObject } from '../../src/git/git-object.js'
import { createPackBuilder } from '../../src/git/pack.js'
import { makeBareRepository, writeLargeBlob, writePack } from '../../src/git/pack-folder.js'
import { git, hasGit, temporaryFolders } from '../helpers/git.js'

const folder = temporaryFolders()
const blob = (bytes: Uint8Array): GitObject => ({ type: 'blob', bytes })

describe.skipIf(!hasGit())('packs, read by git itself (needs git)', () => {
  it('hold small, stored and compressed objects of every type, byte for byte', async () => {
    const at = folder()
    await makeBareRepository(at)
    const blobs = [0, 1, 15, 16, 17, 1_023, 1_024, 1_025, 2_048, 70_000].map((size) => blob(Uint8Array.from({ length: size }, (_, index) => (index * 7) % 251)))
    const tree: GitObject = { type: 'tree', bytes: encodeGitTree(new Map([['a', { mode: 0o40000, oid: oidOf({ type: 'tree', bytes: new Uint8Array(0) }) }], ['a.b', { mode: 0o100644, oid: oidOf(blobs[1] as GitObject) }], ['a0', { mode: 0o100755, oid: oidOf(blobs[2] as GitObject) }]])) }
    const commit: GitObject = { type: 'commit', bytes: utf8(`tree ${oidOf(tree)}\nauthor a <a@b> 0 +0000\ncommitter a <a@b> 0 +0000\n\nx\n`) }
    const tag: GitObject = { type: 'tag', bytes: utf8(`object ${oidOf(commit)}\ntype commit\ntag v1\ntagger a <a@b> 0 +0000\n\nx\n`) }
    const all = [...blobs, { type: 'tree', bytes: new Uint8Array(0) } as const, tree, commit, tag]
    const builder = createPackBuilder()
    for (const object of all) builder.add(oidOf(object), object)
    expect([builder.count, builder.getObject(oidOf(tree)), builder.getObject(oidOf(commit))]).toEqual([all.length, tree, commit])
    await writePack(at, builder.finish())
    git(at, ['update-ref', 'refs/tags/v1', oidOf(tag)])
    expect(git(at, ['fsck', '--full', '--strict', '--no-dangling'])).toBe('')
    for (const object of all) expect(Buffer.from(git(at, ['cat-file', object.type, oidOf(object)]), 'latin1').equals(object.bytes)).toBe(true)
    expect(getGitTree(tree.bytes)).toEqual(new Map([['a.b', expect.anything()], ['a', expect.anything()], ['a0', expect.anything()]]))
    expect(getCommitHead(commit.bytes)).toEqual({ tree: oidOf(tree), parents: [], subject: 'x' })
  })

  it('of one large blob are written part by part', async () => {
    const at = folder()
    await makeBareRepository(at)
    const part = new Uint8Array(1_048_576).fill(65)
    const parts = async function* (): AsyncIterable<Uint8Array> { for (let count = 0; count < 5; count++) yield await Promise.resolve(part) }
    const oid = await writeLargeBlob(at, { sizeBytes: 5 * part.length, parts: parts() })
    expect(git(at, ['cat-file', '-s', oid]).trim()).toBe(String(5 * part.length))
    expect(git(at, ['fsck', '--full', '--strict', '--no-dangling'])).toBe('')
    expect(oid).toBe(oidOf(blob(new Uint8Array(5 * part.length).fill(65))))
  })

  it('are not there when the parts fail', async () => {
    const at = folder()
    await makeBareRepository(at)
    const parts = async function* (): AsyncIterable<Uint8Array> {
      yield await Promise.resolve(new Uint8Array(10))
      throw new Error('no more')
    }
    await expect(writeLargeBlob(at, { sizeBytes: 20, parts: parts() })).rejects.toThrow('no more')
    expect(git(at, ['count-objects', '-v'])).toContain('packs: 0')
  })
})

describe('what somebody else says is a tree or a commit', () => {
  it.each(['100644 a', '100644 a\0short', 'x a\0aaaaaaaaaaaaaaaaaaaa', '100644 \0aaaaaaaaaaaaaaaaaaaa', '100644 a\0aaaaaaaaaaaaaaaaaaaa100644 a\0aaaaaaaaaaaaaaaaaaaa', '99 a\0aaaaaaaaaaaaaaaaaaaa'])('is none: %j', (text) => {
    expect(getGitTree(utf8(text))).toBeUndefined()
  })
  it.each(['', 'tree x\n', 'parent 0123456789012345678901234567890123456789\n'])('has no head: %j', (text) => {
    expect(getCommitHead(utf8(text))).toBeUndefined()
  })
})
