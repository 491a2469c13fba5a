/** What is said of a branch, the same in `branch`, `fork` and wherever one is made. */
import { digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import { currentBranch } from '../../history/resolve.js'
import { HEADS, REMOTES } from '../../refs/name.js'
import { listRefs, resolveRef } from '../../refs/ref.js'
import { getTitle } from '../../trail/record.js'
import { resolveContext } from '../context.js'
import type { Repo } from '../repo.js'

export interface BranchItem {
  /** Short: `main`, `origin/main`; `HEAD` for a detached one. */
  readonly name: string
  /** Full ref name. */
  readonly ref: string
  readonly object: ObjectId
  /** Absent where the object is no ATOM of this store. */
  readonly atomId: string | undefined
  readonly title: string | undefined
  readonly isCurrent: boolean
  /** The remote-tracking branch of the same name, where exactly one remote has it. */
  readonly upstream: string | undefined
}

/** Returns the item of a ref that points at an object. */
export function branchItem(repo: Repo, ref: { readonly name: string; readonly object: ObjectId }, upstreams: ReadonlyMap<string, string>): BranchItem {
  const seq = repo.index.getSeq(digestOf(ref.object))
  const short = ref.name.startsWith(HEADS) ? ref.name.slice(HEADS.length) : ref.name.startsWith(REMOTES) ? ref.name.slice(REMOTES.length) : ref.name
  return {
    name: short,
    ref: ref.name,
    object: ref.object,
    atomId: seq === undefined ? undefined : repo.index.node(seq).atomId,
    title: seq === undefined ? undefined : getTitle(repo, seq),
    isCurrent: ref.name === (currentBranch(resolveContext(repo)) ?? 'HEAD'),
    upstream: ref.name.startsWith(HEADS) ? upstreams.get(short) : undefined,
  }
}

/** Returns the upstream of each branch that has one: the only remote-tracking branch of its name. */
export async function findUpstreams(repo: Repo): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string | undefined>()
  for (const { name } of await listRefs(repo.store, REMOTES)) {
    const short = name.slice(REMOTES.length)
    const branch = short.slice(short.indexOf('/') + 1)
    found.set(branch, found.has(branch) ? undefined : short)
  }
  return new Map([...found].flatMap(([branch, upstream]) => upstream === undefined ? [] : [[branch, upstream] as const]))
}

/** Returns the item of a branch that exists. */
export async function readBranch(repo: Repo, name: string): Promise<BranchItem | undefined> {
  const object = resolveRef(repo.store, name)
  return object === undefined ? undefined : branchItem(repo, { name, object }, await findUpstreams(repo))
}

/** Returns the refs under a prefix that point at objects. */
export async function pointingRefs(repo: Repo, prefix: string): Promise<readonly { readonly name: string; readonly object: ObjectId }[]> {
  const refs = await listRefs(repo.store, prefix)
  return refs.flatMap(({ name, target }) => target.is === 'object' ? [{ name, object: objectId(target.digest, 'dag-cbor') }] : [])
}
