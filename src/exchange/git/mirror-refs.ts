/** Refs of a git host as refs of a trail, and back. Pure but for looking into the mirror. */
import type { ObjectId } from '../../codec/object-id.js'
import type { GitType, Oid } from '../../git/git-object.js'
import { openAny } from '../../object/open.js'
import type { Tag } from '../../object/tag.js'
import { FORGOTTEN, HEADS, TAGS } from '../../refs/name.js'
import { gitTagOf } from './commit-of.js'
import { fail, getObjectBytes, type Mirror } from './mirror.js'
import { ensureCommit } from './mirror-commit.js'
import type { RemoteListing } from './transport.js'

/** Where the commits of annotated tags are kept: git's own tag object says too little. */
const TAG_CARRIERS = 'refs/atom/tags/'

/** A ref of the trail that a host has, or one that it has changed to what is not ours. */
export interface HostRef {
  readonly ref: string
  readonly id: ObjectId | undefined
  /** What git's ref names: for a tag the tag. */
  readonly oid: Oid
  readonly foreign?: { readonly commit: Oid; readonly reason: string; readonly subject: string }
}

/** Returns the refs of a listing as refs of the trail. All their commits MUST have been learned. */
export async function hostRefs(mirror: Mirror, listing: RemoteListing): Promise<readonly HostRef[]> {
  const refs: HostRef[] = []
  for (const [ref, oid] of listing.refs) {
    if (ref.startsWith(TAG_CARRIERS)) continue
    if (ref.startsWith(TAGS)) refs.push(await hostTag(mirror, listing, { ref, oid }))
    else if (ref.startsWith(HEADS)) refs.push(await hostBranch(mirror, { ref, oid }))
    else refs.push({ ref, oid, ...judge(mirror, oid) })
  }
  return refs
}

interface GitRef { readonly ref: string; readonly oid: Oid }

function judge({ index }: Mirror, commit: Oid): Pick<HostRef, 'id' | 'foreign'> {
  const id = index.getCarried(commit)
  if (id !== undefined) return { id }
  const { reason, subject } = JSON.parse(index.getForeign(commit) ?? '{"reason":"it is no commit","subject":""}') as { readonly reason: string; readonly subject: string }
  return { id: undefined, foreign: { commit, reason, subject } }
}

/** A branch that ends with somebody's own commits counts as far as ours go. */
async function hostBranch(mirror: Mirror, { ref, oid }: GitRef): Promise<HostRef> {
  const judged = judge(mirror, oid)
  if (judged.id !== undefined) return { ref, oid, ...judged }
  for await (const commit of mirror.git.commits([oid], { known: [], order: 'children-first' })) {
    const id = mirror.index.getCarried(commit)
    if (id !== undefined) return { ref, oid, ...judged, id }
  }
  return { ref, oid, ...judged }
}

async function hostTag(mirror: Mirror, listing: RemoteListing, { ref, oid }: GitRef): Promise<HostRef> {
  const carrier = listing.refs.get(TAG_CARRIERS + ref.slice(TAGS.length))
  const id = carrier === undefined ? undefined : mirror.index.getCarried(carrier)
  const peeled = listing.peeled.get(ref)
  if (peeled === undefined) return { ref, oid, ...judge(mirror, oid) }
  if (id !== undefined && (await isTagOf(mirror, id, peeled))) return { ref, oid, id }
  return { ref, oid, id: undefined, foreign: { commit: oid, reason: 'it is an annotated tag that atom did not make', subject: '' } }
}

/** Tells whether a tag leads to where git's tag leads. What else git's tag says is for people. */
async function isTagOf(mirror: Mirror, id: ObjectId, peeled: Oid): Promise<boolean> {
  let object = await readAny(mirror, id)
  let target = id
  while (object?.kind === 'tag') {
    target = object.value.target
    object = await readAny(mirror, target)
  }
  return mirror.index.getCarried(peeled) === target
}

async function readAny(mirror: Mirror, id: ObjectId): Promise<ReturnType<typeof openAny> | undefined> {
  const bytes = await getObjectBytes(mirror, id)
  return bytes === undefined ? undefined : openAny(bytes)
}

/** Returns what git refs have to be for a ref of the trail; undefined: gone. Makes the commits that are needed. */
export async function gitTargets(mirror: Mirror, ref: string, id: ObjectId | undefined): Promise<ReadonlyMap<string, Oid | undefined>> {
  const carrier = TAG_CARRIERS + ref.slice(TAGS.length)
  if (id === undefined) return new Map(ref.startsWith(TAGS) ? [[ref, undefined], [carrier, undefined]] : [[ref, undefined]])
  const commit = await ensureCommit(mirror, id)
  if (!ref.startsWith(TAGS)) return new Map([[ref, commit]])
  const object = await readAny(mirror, id)
  return object?.kind === 'tag' ? new Map([[ref, await makeTag(mirror, id, object.value)], [carrier, commit]]) : new Map([[ref, commit], [carrier, undefined]])
}

async function makeTag(mirror: Mirror, id: ObjectId, tag: Tag): Promise<Oid> {
  const inner = await readAny(mirror, tag.target) ?? fail(tag.target, { id, role: 'target' })
  const target: { readonly oid: Oid; readonly type: GitType } = inner.kind === 'tag' ? { oid: await makeTag(mirror, tag.target, inner.value), type: 'tag' } : { oid: await ensureCommit(mirror, tag.target), type: 'commit' }
  return mirror.git.add(gitTagOf(id, tag, target))
}

/** Returns the receipts among what a host has, as pairs of what is gone and the receipt. */
export async function hostReceipts(mirror: Mirror, listing: RemoteListing): Promise<readonly (readonly [gone: ObjectId, receipt: ObjectId])[]> {
  const found: (readonly [ObjectId, ObjectId])[] = []
  for (const [ref, oid] of listing.refs) {
    const id = ref.startsWith(FORGOTTEN) ? mirror.index.getCarried(oid) : undefined
    const object = id === undefined ? undefined : await readAny(mirror, id)
    if (id !== undefined && object?.kind === 'receipt') found.push([object.value.object, id])
  }
  return found
}
