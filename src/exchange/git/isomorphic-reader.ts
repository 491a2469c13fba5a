/** Reads the mirror's repository with isomorphic-git, where there is no git on the PATH. Whole packs are in memory while they are read. */
import fs from 'node:fs'
import type * as isomorphicGit from 'isomorphic-git'
import { withObjects } from '../../git/commit-objects.js'
import { getCommitHead, type GitType, type Oid } from '../../git/git-object.js'
import { parentsFirst } from '../../git/parents-first.js'
import type { GitReader } from './local-git.js'
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
  const commits: GitReader['commits'] = async function* (tips, walk) {
    const found = await commitsBetween(getObject, tips, walk.known)
    yield* walk.order === 'parents-first' ? found : found.reverse()
  }
  return {
    getObject,
    async readBlob(oid, take) {
      const object = await getObject(oid)
      if (object?.type !== 'blob') return false
      await take(object.bytes)
      return true
    },
    commits,
    async* history(tips, { known, isHere }) {
      for await (const object of withObjects({ getObject, isHere }, commits(tips, { known, order: 'parents-first' }))) yield [object]
    },
    async [Symbol.asyncDispose]() {
      await Promise.resolve()
    },
  }
}

/** Returns the commits that `tips` reach and `known` do not; what is not here is left out, as git leaves it out. */
async function commitsBetween(getObject: GitReader['getObject'], tips: readonly Oid[], known: readonly Oid[]): Promise<Oid[]> {
  const parents = async (oid: Oid): Promise<readonly Oid[] | undefined> => {
    const object = await getObject(oid)
    return object?.type === 'commit' ? getCommitHead(object.bytes)?.parents : undefined
  }
  const done = new Set<Oid>()
  for await (const _ of parentsFirst(known, parents, done)) { /* they are only remembered, in `done` */ }
  const found: Oid[] = []
  for await (const oid of parentsFirst(tips, parents, done)) found.push(oid)
  return found
}
