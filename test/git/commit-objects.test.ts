import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import { withObjects } from '../../src/git/commit-objects.js'
import { encodeGitCommit, encodeGitTree, GIT_FILE, GIT_FOLDER, oidOf, type GitEntry, type GitObject, type Oid } from '../../src/git/git-object.js'

const objects = new Map<Oid, GitObject>()
const add = (object: GitObject): Oid => {
  const oid = oidOf(object)
  objects.set(oid, object)
  return oid
}
const blob = (text: string): GitEntry => ({ mode: GIT_FILE, oid: add({ type: 'blob', bytes: utf8(text) }) })
const tree = (entries: Readonly<Record<string, GitEntry>>): GitEntry => ({ mode: GIT_FOLDER, oid: add({ type: 'tree', bytes: encodeGitTree(new Map(Object.entries(entries))) }) })
const commit = (root: GitEntry, parents: readonly Oid[]): Oid => add({ type: 'commit', bytes: encodeGitCommit({ tree: root.oid, parents, person: { name: 'a', email: 'b', seconds: 0 }, message: 'm' }) })

async function pathsOf(commits: readonly Oid[], isHere: (oid: Oid) => boolean = () => false): Promise<readonly string[]> {
  const each = async function* (): AsyncIterable<Oid> { for (const oid of commits) yield await Promise.resolve(oid) }
  const found: string[] = []
  for await (const { type, path, oid, bytes, sizeBytes } of withObjects({ getObject: (wanted) => Promise.resolve(objects.get(wanted)), isHere }, each())) {
    expect([oidOf({ type, bytes }), sizeBytes]).toEqual([oid, bytes.length])
    found.push(`${type} ${path}`)
  }
  return found
}

describe('commits with what is new in each', () => {
  const kept = tree({ same: blob('same') })
  const first = commit(tree({ a: blob('1'), folder: kept }), [])
  const second = commit(tree({ a: blob('2'), folder: kept, 'sub': { mode: 0o160000, oid: '1'.repeat(40) } }), [first])

  it('are read once, each folder before what is in it', async () => {
    expect(await pathsOf([first, second])).toEqual(['commit ', 'tree ', 'blob a', 'tree folder', 'blob folder/same', 'commit ', 'tree ', 'blob a'])
  })

  it('leave out what is here, and what cannot be read', async () => {
    expect(await pathsOf([second, 'f'.repeat(40)], (oid) => oid === kept.oid)).toEqual(['commit ', 'tree ', 'blob a'])
  })
})
