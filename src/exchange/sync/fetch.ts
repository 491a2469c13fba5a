/**
 * `fetch`: takes what a remote has and this store lacks, and remembers where the remote's branches are.
 *
 * Guarantees: nothing is taken before all of it was judged, so a remote that lies leaves the store as it was; no branch of this store moves; a remote that was rewound is named
 * and not followed. Cut off anywhere, the next fetch goes on. docs/exchange.md says in which order.
 */
import { AtomError } from '../../base/errors.js'
import { toHex } from '../../base/bytes.js'
import { objectId, type ObjectId } from '../../codec/object-id.js'
import { checkInput, filledText, flag, optional } from '../../ops/check.js'
import type { Operation } from '../../ops/operation.js'
import type { Repo } from '../../ops/repo.js'
import { readLogState } from '../../refs/log-state.js'
import { FORGOTTEN, HEADS, OPS, REMOTES, TAGS } from '../../refs/name.js'
import { listRefs, resolveRef } from '../../refs/ref.js'
import type { RefEdit } from '../../refs/transaction.js'
import { META } from '../../store/objects.js'
import type { Remote, RemoteState } from '../remote.js'
import { accept, judgeTrees, peelToAtom, stagedOver } from './accept.js'
import { planFetch, type FetchedRef, type OfferedReceipt } from './fetch-plan.js'
import { sortRefs, type OddRef } from './known-refs.js'
import type { OpenRemote } from './opened-remote.js'
import { receive } from './receive.js'
import type { Refusal } from './refusal.js'
import { createStaging, type OpenScratch, type Staging } from './staging.js'

export interface FetchInput {
  /** A name; absent = the only remote, or `origin`. */
  readonly remote?: string | undefined
  /** Follow a remote that was rewound. */
  readonly force: boolean
}

export interface FetchResult {
  readonly remote: string
  readonly location: string
  readonly refs: readonly FetchedRef[]
  /** What was received. */
  readonly objects: number
  readonly bytes: number
  readonly atoms: number
  readonly offered: readonly OfferedReceipt[]
  readonly odd: readonly OddRef[]
  readonly refused: readonly Refusal[]
  /** The branch that the remote begins with, and where it is. */
  readonly head: { readonly ref: string; readonly object: ObjectId } | undefined
}

export interface FetchPorts {
  readonly open: OpenRemote
  readonly openScratch: OpenScratch
  /** What the operation log says; default: `fetch`. */
  readonly command?: string
}

/** Returns the use case over what opens remotes. */
export function fetchFrom(ports: FetchPorts): Operation<FetchInput, FetchResult> {
  return {
    name: 'fetch',
    summary: 'Take what a remote has and this store lacks',
    effect: 'write',
    errors: ['USAGE', 'REMOTE_NOT_FOUND', 'REMOTE_UNREACHABLE', 'REMOTE_AUTH', 'REMOTE_REFUSED', 'OBJECT_CORRUPT', 'LINK_MISSING', 'REF_MOVED', 'STORE_FULL', 'CONFIG_INVALID', 'UNSUPPORTED'],
    check: checkInput<FetchInput>({ remote: optional(filledText), force: flag }),
    async run(repo, input) {
      const opened = await ports.open(input.remote, { signal: repo.signal, reporter: repo.reporter })
      await using remote = opened.remote
      await using staging = createStaging(ports.openScratch)
      const { name } = opened
      if (name === undefined) throw new AtomError('USAGE', `fetch has to remember where the branches of ${remote.location} are, and it has no name here`, { data: { value: remote.location }, hint: `atom remote add NAME ${remote.location}` })
      return await fetchInto(repo, { name, remote, staging, rewound: input.force ? 'follow' : 'refuse', command: ports.command ?? 'fetch' })
    },
  }
}

export interface Fetching {
  readonly name: string
  readonly remote: Remote
  readonly staging: Staging
  /** What to do with a ref that does not lead to where it was. */
  readonly rewound: 'follow' | 'refuse'
  /** What the operation log says. */
  readonly command: string
  /** Refs that move in the same operation, once everything is there: what a clone makes of the remote's branches. */
  readonly landing?: (state: RemoteState) => readonly RefEdit[]
}

export async function fetchInto(repo: Repo, { name, remote, staging, rewound, command, landing }: Fetching): Promise<FetchResult> {
  const state = await remote.refs()
  const { odd, ...all } = sortRefs(state)
  // This store's own log is the truth about it: what a remote has of it is a copy.
  const own = OPS + toHex(repo.store.getRecord(META.store) ?? new Uint8Array(0))
  const sorted = { ...all, logs: all.logs.filter(({ ref }) => ref !== own) }
  const named = [...sorted.heads, ...sorted.tags]
  const received = await receive({ ...repo, staging, source: remote, have: await tipsHere(repo), follow: () => false }, [sorted.receipts, named, sorted.logs])
  const reader = stagedOver(staging, repo.objects)
  const judging = { staged: staging, arrived: received.atoms, location: remote.location }
  await judgeTrees(repo, judging, named.flatMap(({ id }) => peelToAtom(reader, id) ?? []))
  const { refs, receiptEdits, edits, offered, refused } = planFetch({ store: repo.store, sorted, received, knowledge: { index: repo.index, reader }, name, location: remote.location, rewound })
  let atoms = 0
  for (const group of [receiptEdits, [...edits, ...landing?.(state) ?? []]]) {
    atoms += (await accept(repo, { ...judging, roots: targetsOf(group), stamp: { agent: repo.identity.agent, command } })).atoms
    await moveRefs(repo, group, command)
  }
  return { remote: name, location: remote.location, refs, objects: received.objects, bytes: received.bytes, atoms, offered, odd, refused, head: headOf(state) }
}

function targetsOf(edits: readonly RefEdit[]): readonly ObjectId[] {
  return edits.flatMap(({ next }) => next?.is === 'object' ? [objectId(next.digest, 'dag-cbor')] : [])
}

/** Returns the branch that a remote begins with: as it says, else `main`, else the first. */
export function headOf({ refs, head }: RemoteState): FetchResult['head'] {
  for (const ref of [head, `${HEADS}main`, ...[...refs.keys()].filter((name) => name.startsWith(HEADS)).sort()]) {
    const object = ref === undefined ? undefined : refs.get(ref)
    if (ref !== undefined && object !== undefined) return { ref, object }
  }
  return undefined
}

const TIPS_MAX = 1_000

/** What a remote across a wire is told that it need not send. */
async function tipsHere(repo: Repo): Promise<readonly ObjectId[]> {
  const tips = new Set<ObjectId>()
  for (const prefix of [REMOTES, HEADS, TAGS, OPS, FORGOTTEN]) {
    for (const { name } of await listRefs(repo.store, prefix)) {
      const tip = resolveRef(repo.store, name)
      if (tip !== undefined && repo.objects.getObject(tip) !== undefined) tips.add(tip)
    }
  }
  const { tip } = readLogState(repo.store)
  return [...tips, ...(tip === undefined ? [] : [tip])].slice(0, TIPS_MAX)
}

/** Moves the refs in one operation; refuses where somebody tidied up what was just taken. */
async function moveRefs(repo: Repo, edits: readonly RefEdit[], command: string): Promise<void> {
  if (edits.length === 0) return
  await repo.writer.transact({ agent: repo.identity.agent, command }, (tx) => {
    for (const edit of edits) {
      const digest = edit.next?.is === 'object' ? edit.next.digest : undefined
      if (digest !== undefined && tx.getObject(objectId(digest, 'dag-cbor')) === undefined) {
        throw new AtomError('LINK_MISSING', `what ${edit.ref} is to point at is not here any more: ${digest}`, { data: { from: edit.ref, id: digest, role: 'ref' }, hint: 'repeat the command' })
      }
      tx.edit(edit)
    }
  })
}
