/** Reads the mirror's repository with isomorphic-git, where there is no git on the PATH. Whole packs are in memory while they are read. */
import fs from 'node:fs'
import type * as isomorphicGit from 'isomorphic-git'
import { getCommitHead, type GitType, type Oid } from '../../git/git-object.js'
import type { CommitWalk, GitReader } from './local-git.js'
import { damaged } from './system-reader.js'

export function openIsomorphicReader(folder: string): GitReader {
  const cache = {}
  let loading: Promise<typeof isomorphicGit> | undefined
  const getObject: GitReader['getObject'] = async (oid) => {
    const git = await (loading ??= import('isomorphic-git'))
    try {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- what replaces it parses, and loses the exact bytes
      const read = await git.readObject({ fs, gitdir: folder, cache, oid, format: 'content' })
      return { type: read.type as GitType, bytes: read.object as Uint8Array }
    } catch (cause) {
      if ((cause as { code?: string }).code === 'NotFoundError') return undefined
      throw damaged(folder, (cause as Error).message)
    }
  }
  return {
    getObject,
    async readBlob(oid, take) {
      const object = await getObject(oid)
      if (object?.type !== 'blob') return false
      await take(object.bytes)
      return true
    },
    async* commits(tips, walk) {
      const found = await parentsFirst(getObject, tips, walk)
      yield* walk.order === 'parents-first' ? found : found.reverse()
    },
    async [Symbol.asyncDispose]() {
      await Promise.resolve()
    },
  }
}

/** Returns the commits that `tips` reach and `known` do not; what is not here is left out, as git leaves it out. */
async function parentsFirst(getObject: GitReader['getObject'], tips: readonly Oid[], { known }: CommitWalk): Promise<Oid[]> {
  const parents = async (oid: Oid): Promise<readonly Oid[] | undefined> => {
    const object = await getObject(oid)
    return object?.type === 'commit' ? getCommitHead(object.bytes)?.parents : undefined
  }
  const done = new Set<Oid>()
  const visit = async (from: readonly Oid[], found: Oid[]): Promise<Oid[]> => {
    const stack: { readonly oid: Oid; readonly parents: readonly Oid[]; next: number }[] = []
    const enter = async (oid: Oid): Promise<void> => {
      const above = done.has(oid) ? undefined : await parents(oid)
      if (above !== undefined) stack.push({ oid, parents: above, next: 0 })
    }
    for (const tip of from) {
      await enter(tip)
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const parent = top.parents[top.next++]
        if (parent !== undefined) {
          await enter(parent)
          continue
        }
        stack.pop()
        if (done.has(top.oid)) continue
        done.add(top.oid)
        found.push(top.oid)
      }
    }
    return found
  }
  await visit(known, [])
  return visit(tips, [])
}
