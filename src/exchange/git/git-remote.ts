/**
 * A git repository as a remote: every ATOM is a commit (`docs/spec/git-mirror.md`). What is put goes into a mirror on this machine, from which git pushes; what is asked for comes out of it,
 * after git has fetched and every commit was judged.
 *
 * A host keeps what was pushed once: erased contents are left out of every commit that is made from then on, and the host is told to drop the old ones, which it does when it likes.
 */
import { join } from 'node:path'
import type { ObjectId } from '../../codec/object-id.js'
import type { Oid } from '../../git/git-object.js'
import { isAtomError, type AtomError } from '../../base/errors.js'
import { FORGOTTEN, HEADS } from '../../refs/name.js'
import type { RefOutcome, RefUpdate, Remote, RemoteContext, RemoteState } from '../remote.js'
import { refMoved, refusedBy, targetMissing } from '../remote-errors.js'
import { createLearned } from './learned.js'
import { flush, isFull, isThere } from './mirror.js'
import { addObject } from './mirror-add.js'
import { openMirror, remakeMirror, repositoryOf, type MirrorPlace, type OpenMirror } from './mirror-folder.js'
import { giveObjects } from './mirror-give.js'
import { learnCommits } from './mirror-learn.js'
import { gitTargets, hostReceipts, hostRefs, type HostRef } from './mirror-refs.js'
import type { GitRefChange, GitRefOutcome, GitTransport, RemoteListing } from './transport.js'

const HOSTS_KEEP = 'The old commits can still be had there by their ids, from forks, pull requests and clones, until the host drops them; ask it to'
const MAIN = `${HEADS}main`
const ROOMS = /^refs\/(?:heads|tags|atom)\//

interface Seen {
  readonly listing: RemoteListing
  readonly refs: ReadonlyMap<string, HostRef>
}

export async function openGitRemote(transport: GitTransport, place: MirrorPlace, context: RemoteContext): Promise<Remote> {
  const { location } = transport
  const { reporter, signal } = context
  let mirror: OpenMirror = await openMirror(place)
  const learned = createLearned(join(repositoryOf(place), 'learned'))
  /** What the host had when it was last looked at, until it is changed from here. */
  let seen: Seen | undefined
  let isWhole = true
  const warned = new Set<string>()

  /** Receipts that name what is here make the mirror another one, once they are known. */
  const takeReceipts = async (receipts: readonly (readonly [gone: ObjectId, receipt: ObjectId])[]): Promise<'same' | 'remade'> => {
    const fresh = receipts.filter(([gone]) => !mirror.index.receipts.has(gone))
    const isHere = fresh.some(([gone]) => isThere(mirror, gone))
    for (const [gone, receipt] of fresh) mirror.index.addReceipt(gone, receipt)
    if (!isHere) return 'same'
    reporter.warn(`${location}: something was forgotten; every commit from the first that held it on is made again`)
    await learned.clear()
    mirror = await remakeMirror(mirror, place)
    seen = undefined
    return 'remade'
  }

  /** Brings the mirror up to what the host has, and returns that. */
  const look = async (): Promise<Seen> => {
    const all = await transport.list()
    const listing: RemoteListing = { ...all, refs: new Map([...all.refs].filter(([ref]) => ROOMS.test(ref))) }
    const commits = new Map([...listing.refs].map(([ref, oid]) => [ref, listing.peeled.get(ref) ?? oid]))
    const isKnown = (oid: Oid): boolean => mirror.index.getCarried(oid) !== undefined || mirror.index.getForeign(oid) !== undefined
    if ([...commits.values()].some((oid) => !isKnown(oid))) {
      await transport.fetch(listing, [...commits.values()].filter(isKnown))
      const learn = async (names: (ref: string) => boolean): Promise<void> => {
        const tips = [...new Set([...commits].filter(([ref, oid]) => names(ref) && !isKnown(oid)).map(([, oid]) => oid))]
        if (tips.length === 0) return
        let done = 0
        await learnCommits(mirror, { tips, known: [...new Set([...commits.values()].filter(isKnown))], learned }, () => {
          signal.throwIfAborted()
          reporter.progress(`reading ${location}`, ++done)
        })
      }
      await learn((ref) => ref.startsWith(FORGOTTEN))
      // What was fetched and is not learned yet went with the old mirror.
      if ((await takeReceipts(await hostReceipts(mirror, listing))) === 'remade') await transport.fetch(listing, [])
      await learn(() => true)
      await save()
    }
    const refs = await hostRefs(mirror, listing)
    for (const ref of refs) warnOf(ref)
    seen = { listing, refs: new Map(refs.map((ref) => [ref.ref, ref])) }
    return seen
  }

  const warnOf = ({ ref, id, foreign }: HostRef): void => {
    if (foreign === undefined || warned.has(ref)) return
    warned.add(ref)
    const what = `${foreign.commit.slice(0, 12)}${foreign.subject === '' ? '' : ` (${foreign.subject})`}`
    reporter.warn(`${location}: ${ref} ${id === undefined ? 'is' : 'ends with'} ${what}, not made by atom, and is not taken${id === undefined ? '' : ' beyond what comes before it'}: ${foreign.reason}`)
  }

  return {
    location,
    async refs(): Promise<RemoteState> {
      const { listing, refs } = await look()
      const known = [...refs.values()].flatMap(({ ref, id }): [string, ObjectId][] => (id === undefined ? [] : [[ref, id]]))
      return { refs: new Map(known), head: listing.head !== undefined && known.some(([ref]) => ref === listing.head) ? listing.head : undefined }
    },
    missing: (ids) => Promise.resolve(ids.filter((id) => !isThere(mirror, id))),
    get: (ids, options) => giveObjects(mirror, { ids, learned }, options),
    async put(objects) {
      try {
        for await (const { id, bytes } of objects) {
          signal.throwIfAborted()
          const added = await addObject(mirror, id, bytes)
          if (added?.kind === 'receipt') await takeReceipts([[added.value.object, id]])
          if (isFull(mirror)) await save()
        }
      } catch (error) {
        throw isAtomError(error, 'OBJECT_CORRUPT') || isAtomError(error, 'OBJECT_INVALID') || isAtomError(error, 'CBOR_INVALID') ? refusedBy(location, error.message, error) : error
      }
    },
    async updateRefs(updates) {
      const branches = updates.flatMap(({ ref, next }) => (ref.startsWith(HEADS) && next !== undefined ? [ref] : []))
      await transport.create(branches.includes(MAIN) ? MAIN : branches[0] ?? MAIN)
      // git moves a ref only from where it was seen: what was seen before is looked at again only where it does not fit.
      const isAsSeen = updates.every((update) => seen !== undefined && problemOf(update, seen.refs.get(update.ref)) === undefined)
      const { listing, refs } = isAsSeen && seen !== undefined ? seen : await look()
      const refused = new Map<string, AtomError>()
      const changes: (GitRefChange & { readonly of: string })[] = []
      const change = async (ref: string, id: ObjectId | undefined): Promise<void> => {
        for (const [name, next] of await gitTargets(mirror, ref, id)) {
          const expected = listing.refs.get(name)
          if (expected !== next) changes.push({ ref: name, expected, next, of: ref })
        }
      }
      for (const update of updates) {
        const problem = problemOf(update, refs.get(update.ref))
        if (problem === undefined) await change(update.ref, update.next)
        else refused.set(update.ref, problem)
      }
      const named = new Set(updates.map(({ ref }) => ref))
      const asked = changes.length
      // A receipt makes other commits of all that come after what it names, on every branch.
      for (const { ref, id, foreign } of refs.values()) if (!named.has(ref) && id !== undefined && foreign === undefined) await change(ref, id)
      const known = [...listing.refs.values()].filter((oid) => mirror.index.getCarried(oid) !== undefined)
      const outcomes = await pushAll(changes, known)
      seen = undefined
      if (outcomes.every((outcome) => outcome === 'done')) mirror.git.forgetFresh()
      if (changes.length > asked) reporter.warn(`${location}: branches were replaced by commits without what was forgotten. ${HOSTS_KEEP}`)
      await explain({ changes, outcomes, refused })
      return updates.map(({ ref }): RefOutcome => ({ ref, refused: refused.get(ref) }))
    },
    // What was pushed is the host's: the commits that held it are replaced when the receipts' refs move.
    async forget() {
      await Promise.resolve()
    },
    async [Symbol.asyncDispose]() {
      await learned[Symbol.asyncDispose]()
      // What was put and not pushed stays, so that the next push need not make it again.
      await (isWhole ? flush(mirror) : Promise.resolve()).finally(() => mirror[Symbol.asyncDispose]())
    },
  }

  /** Writes what waits. What could not be written once is not tried again when the mirror is closed. */
  async function save(): Promise<void> {
    isWhole = false
    await flush(mirror)
    isWhole = true
  }

  async function pushAll(changes: readonly GitRefChange[], known: readonly Oid[]): Promise<readonly GitRefOutcome[]> {
    let saving: Promise<void> | undefined
    const write = (): Promise<void> => {
      saving ??= save()
      // Whoever waits for it last is told.
      saving.catch(() => undefined)
      return saving
    }
    const outcomes = changes.length === 0 ? [] : await transport.push(changes, { known, fresh: mirror.git.takeFresh(), write })
    await write()
    return outcomes
  }

  function problemOf({ ref, expected, next }: RefUpdate, host: HostRef | undefined): AtomError | undefined {
    if (host?.foreign !== undefined && next !== host.id) {
      const { commit, subject } = host.foreign
      return refusedBy(location, `${ref} there ends with ${commit.slice(0, 12)}${subject === '' ? '' : ` (${subject})`}, which atom did not make and does not write over: move or delete it there first`)
    }
    if (host?.id !== expected) return refMoved({ ref, expected, next }, host?.id)
    return next !== undefined && !isThere(mirror, next) ? targetMissing(ref, next) : undefined
  }

  async function explain(pushed: { readonly changes: readonly (GitRefChange & { readonly of: string })[]; readonly outcomes: readonly GitRefOutcome[]; readonly refused: Map<string, AtomError> }): Promise<void> {
    const failed = pushed.changes.flatMap((change, at) => {
      const outcome = pushed.outcomes[at]
      return outcome === undefined || outcome === 'done' ? [] : [{ ...change, ...outcome }]
    })
    if (failed.length === 0) return
    const now = failed.some(({ moved }) => moved === 'yes') ? (await look()).refs : new Map<string, HostRef>()
    for (const { of, expected, moved, refused } of failed) {
      const seen = expected === undefined ? undefined : mirror.index.getCarried(expected)
      const error = moved === 'yes' ? refMoved({ ref: of, expected: seen, next: undefined }, now.get(of)?.id) : refusedBy(location, `${of}: ${refused}`)
      pushed.refused.set(of, error)
      reporter.warn(error.message)
    }
  }
}

