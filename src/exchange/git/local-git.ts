/** The repository on this machine that a mirror writes to and reads from. Two implementations read it: the system's git, and isomorphic-git where there is none. */
import { concatBytes } from '../../base/bytes.js'
import { oidOf, type GitObject, type Oid } from '../../git/git-object.js'
import type { TakeBytes } from '../../git/object-batch.js'
import type { StreamedObject } from '../../git/object-stream.js'
import { createPackBuilder, type Pack } from '../../git/pack.js'
import { writeLargeBlob, writePack, type LargeBlob } from '../../git/pack-folder.js'

/** Reads a bare repository. */
export interface GitReader extends AsyncDisposable {
  getObject(oid: Oid): Promise<GitObject | undefined>
  /** Hands the bytes of a blob over part by part; returns false where there is none. */
  readBlob(oid: Oid, take: TakeBytes): Promise<boolean>
  /** Yields the commits that `tips` reach and `known` do not. */
  commits(tips: readonly Oid[], walk: CommitWalk): AsyncIterable<Oid>
  /** Yields the same commits, parents first, each with the trees and blobs below it that none before had, so many at a time as come at once. */
  history(tips: readonly Oid[], walk: HistoryWalk): AsyncIterable<readonly StreamedObject[]>
}

export interface CommitWalk {
  readonly known: readonly Oid[]
  readonly order: 'parents-first' | 'children-first'
}

export interface HistoryWalk {
  readonly known: readonly Oid[]
  /** Tells of a tree or a blob whether it MAY be left out, with all below it. */
  isHere(oid: Oid): boolean
}

/** Reads objects that are at hand before those of a reader. */
export function objectsOver(reader: Pick<GitReader, 'getObject' | 'readBlob'>, atHand: (oid: Oid) => GitObject | undefined): Pick<GitReader, 'getObject' | 'readBlob'> {
  return {
    getObject: async (oid) => atHand(oid) ?? reader.getObject(oid),
    async readBlob(oid, take) {
      const object = atHand(oid)
      if (object === undefined) return reader.readBlob(oid, take)
      await take(object.bytes)
      return object.type === 'blob'
    },
  }
}

/** The same, with what was added and is not written yet. */
export interface LocalGit extends GitReader {
  readonly folder: string
  /** Adds an object; returns its id. */
  add(object: GitObject): Oid
  addLargeBlob(blob: LargeBlob): Promise<Oid>
  /** Bytes that wait to be written. */
  readonly pendingBytes: number
  flush(): Promise<void>
  /** Returns what was added since the last `forgetFresh`, written or not. */
  takeFresh(): FreshPack
  forgetFresh(): void
}

/** The only pack that was made; undefined where none was. */
export type FreshPack = { readonly bytes: Uint8Array } | 'several' | undefined

export function createLocalGit(folder: string, reader: GitReader): LocalGit {
  let builder = createPackBuilder()
  let finished: Pack | undefined
  let fresh: FreshPack
  const finish = (): void => {
    if (finished !== undefined || builder.count === 0) return
    finished = builder.finish()
    fresh = fresh === undefined ? { bytes: finished.pack } : 'several'
  }
  const flush = async (): Promise<void> => {
    finish()
    if (finished === undefined) return
    await writePack(folder, finished)
    builder = createPackBuilder()
    finished = undefined
  }
  return {
    folder,
    add(object) {
      const oid = oidOf(object)
      if (!builder.has(oid)) builder.add(oid, object)
      return oid
    },
    async addLargeBlob(blob) {
      await flush()
      fresh = 'several'
      return writeLargeBlob(folder, blob)
    },
    get pendingBytes() {
      return builder.sizeBytes
    },
    flush,
    takeFresh() {
      finish()
      return fresh
    },
    forgetFresh() {
      fresh = undefined
    },
    ...objectsOver(reader, (oid) => builder.getObject(oid)),
    commits: (tips, walk) => reader.commits(tips, walk),
    history: (tips, walk) => reader.history(tips, walk),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  }
}

/** Returns the bytes of a blob, or undefined. */
export async function getBlob(git: GitReader, oid: Oid): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  const isThere = await git.readBlob(oid, (bytes) => {
    parts.push(bytes.slice())
    return undefined
  })
  return isThere ? concatBytes(parts) : undefined
}
