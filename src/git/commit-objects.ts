/** Reads commits with what is new in each, as `git rev-list --objects` has git read them, without git. */
import { getCommitHead, getGitTree, GIT_FOLDER, type GitObject, type Oid } from './git-object.js'
import type { StreamedObject } from './object-stream.js'

const GIT_SUBMODULE = 0o160000

export interface ObjectSource {
  getObject(oid: Oid): Promise<GitObject | undefined>
  /** Tells whether a tree or a blob need not be read, with all below it. */
  isHere(oid: Oid): boolean
}

/** Yields each commit, then the trees and blobs below it that none before it had, a folder before what is in it. What cannot be read is left out. */
export async function* withObjects(source: ObjectSource, commits: AsyncIterable<Oid>): AsyncIterable<StreamedObject> {
  const seen = new Set<Oid>()
  const below = async function* (oid: Oid, path: string): AsyncIterable<StreamedObject> {
    if (seen.has(oid) || source.isHere(oid)) return
    seen.add(oid)
    const object = await source.getObject(oid)
    if (object === undefined) return
    yield { ...object, oid, path, sizeBytes: object.bytes.length }
    for (const [name, entry] of (object.type === 'tree' ? getGitTree(object.bytes) : undefined) ?? []) {
      const inner = path === '' ? name : `${path}/${name}`
      if (entry.mode === GIT_FOLDER || entry.mode !== GIT_SUBMODULE) yield* below(entry.oid, inner)
    }
  }
  for await (const commit of commits) {
    const object = await source.getObject(commit)
    const head = object?.type === 'commit' ? getCommitHead(object.bytes) : undefined
    if (object === undefined || head === undefined) continue
    yield { ...object, oid: commit, path: '', sizeBytes: object.bytes.length }
    yield* below(head.tree, '')
  }
}
