/** `remote show`: what a remote has, and how it stands to what is here. */
import { toHex } from '../../base/bytes.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { hasAncestor } from '../../history/graph/has-ancestor.js'
import { checkInput, filledText, optional } from '../../ops/check.js'
import type { Operation } from '../../ops/operation.js'
import type { Repo } from '../../ops/repo.js'
import { HEADS, OPS, TAGS } from '../../refs/name.js'
import { listRefs, resolveRef } from '../../refs/ref.js'
import { META } from '../../store/objects.js'
import type { OpenRemote } from './opened-remote.js'

export interface ShowRemoteInput {
  readonly remote?: string | undefined
}

/** `ahead`: the remote has ATOMs that the branch here has not; `unknown`: it has some that are not here at all. */
export type Standing = 'same' | 'ahead' | 'behind' | 'diverged' | 'unknown' | 'not-here' | 'not-there'

export interface RemoteRef {
  readonly ref: string
  readonly there: ObjectId | undefined
  readonly here: ObjectId | undefined
  readonly standing: Standing
}

export interface ShowRemoteResult {
  readonly name: string | undefined
  readonly location: string
  readonly head: string | undefined
  /** Branches and tags of both sides, sorted by name. */
  readonly refs: readonly RemoteRef[]
  /** The end of this store's operation log, as the remote has it. */
  readonly log: ObjectId | undefined
}

/** Returns the use case over what opens remotes. Takes nothing and moves nothing. */
export function showRemote(open: OpenRemote): Operation<ShowRemoteInput, ShowRemoteResult> {
  return {
    name: 'remote.show',
    summary: 'Show what a remote has, and how it stands to what is here',
    effect: 'read',
    errors: ['REMOTE_NOT_FOUND', 'REMOTE_UNREACHABLE', 'REMOTE_AUTH', 'REMOTE_REFUSED', 'CONFIG_INVALID', 'UNSUPPORTED'],
    check: checkInput<ShowRemoteInput>({ remote: optional(filledText) }),
    async run(repo, input) {
      const { name, remote: opened } = await open(input.remote, { signal: repo.signal, reporter: repo.reporter })
      await using remote = opened
      const { refs, head } = await remote.refs()
      const local = [...await listRefs(repo.store, HEADS), ...await listRefs(repo.store, TAGS)].map((ref) => ref.name)
      const names = new Set([...local, ...[...refs.keys()].filter((ref) => ref.startsWith(HEADS) || ref.startsWith(TAGS))])
      const log = refs.get(OPS + toHex(repo.store.getRecord(META.store) ?? new Uint8Array(0)))
      return { name, location: remote.location, head, log, refs: [...names].sort().map((ref) => compare(repo, ref, refs.get(ref))) }
    },
  }
}

function compare(repo: Repo, ref: string, there: ObjectId | undefined): RemoteRef {
  const here = resolveRef(repo.store, ref)
  return { ref, there, here, standing: standingOf(repo, there, here) }
}

function standingOf({ index }: Repo, there: ObjectId | undefined, here: ObjectId | undefined): Standing {
  if (there === undefined) return 'not-there'
  if (here === undefined) return 'not-here'
  if (there === here) return 'same'
  const [theirs, ours] = [index.getSeq(digestOf(there)), index.getSeq(digestOf(here))]
  if (theirs === undefined || ours === undefined) return 'unknown'
  if (hasAncestor(index, theirs, [ours])) return 'behind'
  return hasAncestor(index, ours, [theirs]) ? 'ahead' : 'diverged'
}
