/** The names that stand beside an ATOM in a log: HEAD, branches, tags, remote branches. */
import { objectId } from '../../codec/object-id.js'
import { getAtomSeq } from '../../history/resolve-context.js'
import { HEADS, REMOTES, shortRefName, TAGS } from '../../refs/name.js'
import { getHeadBranch, getRef, listRefs } from '../../refs/ref.js'
import { resolveContext } from '../context.js'
import type { Repo } from '../repo.js'

export interface Decoration {
  readonly is: 'head' | 'branch' | 'tag' | 'remote'
  /** As people say it: `main`, `v1`, `origin/main`. */
  readonly name: string
  /** The branch that HEAD names. */
  readonly isCurrent?: boolean
}

export type Decorations = ReadonlyMap<number, readonly Decoration[]>

const PLACES = [[TAGS, 'tag'], [REMOTES, 'remote'], [HEADS, 'branch']] as const

/** Returns the names of each ATOM that has some, in git's order: HEAD, then tags, remote branches and branches. */
export async function readDecorations(repo: Repo): Promise<Decorations> {
  const found = new Map<number, Decoration[]>()
  const context = resolveContext(repo)
  const current = getHeadBranch(repo.store)
  const add = (digest: string, decoration: Decoration): void => {
    const seq = getAtomSeq(context, objectId(digest as never, 'dag-cbor'))
    if (seq !== undefined) found.set(seq, [...found.get(seq) ?? [], decoration])
  }
  const head = getRef(repo.store, 'HEAD')
  if (head?.is === 'object') add(head.digest, { is: 'head', name: 'HEAD' })
  const branch = current === undefined ? undefined : getRef(repo.store, current)
  if (current !== undefined && branch?.is === 'object') add(branch.digest, { is: 'branch', name: shortRefName(current), isCurrent: true })
  for (const [prefix, is] of PLACES) {
    for (const { name, target } of await listRefs(repo.store, prefix)) {
      if (target.is === 'object' && name !== current) add(target.digest, { is, name: shortRefName(name) })
    }
  }
  return found
}
