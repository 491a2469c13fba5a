/**
 * What a revision means in a store: names, dates and steps become one ATOM, an object or a path in a tree.
 *
 * Order of meaning: full object id or CID, HEAD and @-forms, refs, atom id, hex prefix. What is ambiguous lists its candidates and
 * fails (`ID_AMBIGUOUS`); what is nothing fails with `REVISION_NOT_FOUND`.
 */
import { AtomError } from '../base/errors.js'
import type { Reporter } from '../base/ports.js'
import { parseCid } from '../codec/cid.js'
import { digestOf, getDigest, idFromCid, objectId, type Digest, type ObjectId } from '../codec/object-id.js'
import type { TrailIndex } from '../index/trail-index.js'
import type { RefTarget } from '../object/op.js'
import { HEADS, REMOTES, TAGS } from '../refs/name.js'
import { operations } from '../refs/operation-log.js'
import { getHeadBranch, getRef, listRefs, resolveRef } from '../refs/ref.js'
import { getBody } from '../store/body.js'
import { getObjectKeyId, objectPrefixRange } from '../store/keys.js'
import { getObjectAs, objectsOf, readObject } from '../store/objects.js'
import type { RecordReader } from '../store/types.js'
import { parseDate } from './date.js'
import { walk } from './graph/walk.js'
import { formatRevision, parseRevision, type Revision, type RevisionBase, type RevisionStep } from './revision-syntax.js'

export interface ResolveContext {
  readonly store: RecordReader
  readonly index: TrailIndex
  /** The branch that commands work on; absent = HEAD's. Full ref name. */
  readonly branch?: string
  readonly nowMs: number
  readonly reporter?: Reporter
}

const CANDIDATES_SHOWN = 10

/** Returns the sequence number of the ATOM that a revision names. */
export async function resolveAtom(context: ResolveContext, text: string): Promise<number> {
  const revision = parseRevision(text)
  if (revision.path !== null) throw new AtomError('REVISION_SYNTAX', `'${text}' names a path where an ATOM is needed`, { data: { revision: text }, hint: `leave out ':${revision.path}'` })
  return resolveRevision(context, revision)
}

/** Returns the ATOM of a parsed revision, whatever path it goes on with. */
export async function resolveRevision(context: ResolveContext, revision: Revision): Promise<number> {
  const text = formatRevision({ ...revision, path: null })
  let seq = await resolveBase(context, revision.base, text)
  for (const step of revision.steps) seq = takeStep(context, { seq, step, text })
  return seq
}

/** Returns the object that a revision names: with a path the file or tree there, else the ATOM, tag, op, body or whatever has that id. */
export async function resolveObject(context: ResolveContext, text: string): Promise<ObjectId> {
  const revision = parseRevision(text)
  if (revision.path === null && revision.steps.length === 0 && revision.base.is === 'name') {
    const named = await getNamedObject(context, revision.base.text)
    if (named !== undefined) return named
  }
  return context.index.node(await resolveRevision(context, revision)).id
}

/** Returns the full name of the current branch's ref, or undefined when HEAD is detached. */
export function currentBranch(context: Pick<ResolveContext, 'store' | 'branch'>): string | undefined {
  return context.branch ?? getHeadBranch(context.store)
}

/** Returns the ATOM at the tip of the current branch (or at a detached HEAD), or undefined before the first. */
export function getTip(context: Pick<ResolveContext, 'store' | 'branch'>): ObjectId | undefined {
  return resolveRef(context.store, context.branch ?? 'HEAD')
}

async function resolveBase(context: ResolveContext, base: RevisionBase, text: string): Promise<number> {
  switch (base.is) {
    case 'name': return resolveName(context, base.text)
    case 'atom-id': return resolveAtomId(context, base)
    case 'moves-ago': return movesAgo(context, base, text)
    case 'at-time': return atTime(context, base, text)
    case 'branch-before': return branchBefore(context, base.switches, text)
    case 'upstream': throw notFound(text, 'no upstream is set')
    case 'search': return search(context, { needle: base.text, starts: await allTips(context), text })
  }
}

async function resolveName(context: ResolveContext, name: string): Promise<number> {
  const object = await getNamedObject(context, name)
  if (object === undefined) throw notFound(name, 'no ref, atom id or object has that name')
  const seq = getAtomSeq(context, object)
  if (seq === undefined) throw notFound(name, 'that object is no ATOM')
  return seq
}

/** Returns the ATOM that an object is or, through annotated tags, leads to. */
export function getAtomSeq(context: Pick<ResolveContext, 'store' | 'index'>, id: ObjectId): number | undefined {
  const seq = context.index.getSeq(digestOf(id))
  if (seq !== undefined || !id.startsWith('71')) return seq
  const reader = objectsOf(context.store)
  const bytes = reader.getObject(id)
  if (bytes === undefined) return undefined
  try {
    return getAtomSeq(context, readObject(reader, id, 'tag').target)
  } catch (error) {
    if (error instanceof AtomError) return undefined
    throw error
  }
}

async function getNamedObject(context: ResolveContext, name: string): Promise<ObjectId | undefined> {
  const digest = getDigest(name)
  if (digest !== undefined) return getStored(context, digest) ?? getRefObject(context, name)
  if (/^b[a-z2-7]{58}$/.test(name)) {
    const id = idFromCid(parseCid(name))
    if (id !== undefined && context.store !== undefined && objectsOf(context.store).getObject(id) !== undefined) return id
  }
  const ref = getRefObject(context, name)
  if (ref !== undefined) return ref
  return /^[0-9a-fA-F]{4,63}$/.test(name) ? resolvePrefix(context, name.toLowerCase()) : undefined
}

function getStored(context: ResolveContext, digest: Digest): ObjectId | undefined {
  const reader = objectsOf(context.store)
  for (const codec of ['dag-cbor', 'raw'] as const) {
    const id = objectId(digest, codec)
    if (reader.getObject(id) !== undefined) return id
  }
  return undefined
}

/** Returns what a ref of this name points at: as typed, then as tag, branch, remote branch. */
function getRefObject(context: ResolveContext, name: string): ObjectId | undefined {
  if (name === 'HEAD' || name === '@') return getTip(context)
  const places = name.startsWith('refs/') ? [name] : [TAGS + name, HEADS + name, `refs/${name}`, REMOTES + name, `${REMOTES}${name}/HEAD`]
  for (const place of places) {
    const id = resolveRef(context.store, place)
    if (id !== undefined) return id
  }
  return undefined
}

async function resolvePrefix(context: ResolveContext, prefix: string): Promise<ObjectId | undefined> {
  const found: ObjectId[] = []
  for (const codec of [0x71, 0x55]) {
    for await (const list of context.store.scan(objectPrefixRange(codec, prefix), { limit: CANDIDATES_SHOWN + 1 })) {
      for (const [key] of list) {
        const id = getObjectKeyId(key)
        if (id !== undefined) found.push(id)
      }
    }
  }
  if (found.length <= 1) return found[0]
  // An ATOM is what is usually meant: one among bodies and ops is not ambiguous.
  const atoms = found.filter((id) => context.index.getSeq(digestOf(id)) !== undefined)
  if (atoms.length === 1) return atoms[0]
  throw ambiguous(prefix, (atoms.length > 0 ? atoms : found).map((id) => describe(context, id)))
}

function describe(context: ResolveContext, id: ObjectId): string {
  const seq = context.index.getSeq(digestOf(id))
  return seq === undefined ? digestOf(id) : `${digestOf(id)} ${context.index.node(seq).atomId}`
}

async function resolveAtomId(context: ResolveContext, base: { readonly atomId: string; readonly prefix: string | null }): Promise<number> {
  const named = base.prefix === null ? base.atomId : `${base.atomId}-${base.prefix}`
  const ref = getRefObject(context, named)
  const refSeq = ref === undefined ? undefined : getAtomSeq(context, ref)
  if (refSeq !== undefined) return refSeq
  const all = await context.index.withAtomId(base.atomId)
  const prefix = base.prefix
  const fitting = prefix === null ? all : all.filter((seq) => context.index.node(seq).digest.startsWith(prefix.toLowerCase()))
  const [only, second] = fitting
  if (only === undefined) throw notFound(named, 'no ATOM has that id')
  if (second === undefined) return only
  throw ambiguous(named, fitting.slice(0, CANDIDATES_SHOWN).map((seq) => `${base.atomId}-${context.index.node(seq).digest.slice(0, 8)}`))
}

function takeStep(context: ResolveContext, { seq, step, text }: { seq: number; step: RevisionStep; text: string }): number {
  switch (step.is) {
    case 'parent': {
      if (step.nth === 0) return seq
      const parent = context.index.parents(seq)[step.nth - 1]
      if (parent === undefined) throw notFound(text, `${context.index.node(seq).atomId} has ${String(context.index.parents(seq).length)} parents`)
      return parent
    }
    case 'ancestor': return ancestor(context, { seq, generations: step.generations, text })
    case 'peel': {
      if (step.to !== '' && step.to !== 'atom' && step.to !== 'commit') throw notFound(text, `there is nothing of the kind '${step.to}' to lead to`)
      return seq
    }
    case 'search': return search(context, { needle: step.text, starts: [seq], text })
  }
}

/** Follows first parents; along a run it jumps, so HEAD~100000 costs what HEAD~1 does on a line. */
function ancestor(context: ResolveContext, { seq, generations, text }: { seq: number; generations: number; text: string }): number {
  let at = seq
  for (let left = generations; left > 0;) {
    const node = context.index.node(at)
    const jump = Math.min(node.run, left)
    if (jump > 0) {
      at -= jump
      left -= jump
      continue
    }
    const [first] = node.parents
    if (first === undefined) throw notFound(text, `the trail begins ${String(generations - left)} before`)
    at = first
    left--
  }
  return at
}

function refOf(context: ResolveContext, name: string | null, text: string): string {
  if (name === null) return currentBranch(context) ?? 'HEAD'
  for (const place of name === 'HEAD' || name.startsWith('refs/') ? [name] : [HEADS + name, TAGS + name, REMOTES + name]) if (getRef(context.store, place) !== undefined) return place
  throw notFound(text, `there is no branch ${name}`)
}

/** Yields where a ref pointed, newest first, with the time it came there. HEAD counts moves of the branch that it named too. */
function* positions(context: ResolveContext, ref: string): Iterable<{ readonly target: RefTarget | undefined; readonly timeMs: number }> {
  for (const { op } of operations(context.store)) {
    const change = op.changes.find((candidate) => candidate.ref === ref) ?? (ref === 'HEAD' ? op.changes.find((candidate) => candidate.ref === getHeadBranch(context.store)) : undefined)
    if (change !== undefined) yield { target: change.after, timeMs: op.timeMs }
  }
}

function movesAgo(context: ResolveContext, base: { readonly ref: string | null; readonly moves: number }, text: string): number {
  const ref = refOf(context, base.ref, text)
  let moves = 0
  for (const { target } of positions(context, ref)) {
    if (moves++ === base.moves) return seqOfTarget(context, target, text)
  }
  throw notFound(text, `the operation log knows ${String(moves)} moves of ${ref}`)
}

async function atTime(context: ResolveContext, base: { readonly ref: string | null; readonly when: string }, text: string): Promise<number> {
  const ref = refOf(context, base.ref, text)
  const timeMs = await parseDate(base.when, context.nowMs)
  for (const position of positions(context, ref)) {
    if (position.timeMs <= timeMs && position.target !== undefined) {
      context.reporter?.warn(`${text} is where the operation log had ${ref} at ${new Date(timeMs).toISOString()}`)
      return seqOfTarget(context, position.target, text)
    }
  }
  const tip = resolveRef(context.store, ref)
  let seq = tip === undefined ? undefined : context.index.getSeq(digestOf(tip))
  while (seq !== undefined) {
    const node = context.index.node(seq)
    if (node.timeMs <= timeMs) {
      context.reporter?.warn(`the operation log does not reach back to ${new Date(timeMs).toISOString()}: ${text} is the newest first-parent ATOM that is not later, ${node.atomId}`)
      return seq
    }
    seq = node.parents[0]
  }
  throw notFound(text, `nothing on ${ref} is as old as ${new Date(timeMs).toISOString()}`)
}

function branchBefore(context: ResolveContext, switches: number, text: string): number {
  let left = switches
  for (const { op } of operations(context.store)) {
    const change = op.changes.find(({ ref }) => ref === 'HEAD')
    if (change?.before === undefined || --left > 0) continue
    const id = change.before.is === 'symbolic' ? resolveRef(context.store, change.before.ref) : objectId(change.before.digest, 'dag-cbor')
    const seq = id === undefined ? undefined : context.index.getSeq(digestOf(id))
    if (seq !== undefined) return seq
  }
  throw notFound(text, 'no branch was checked out before')
}

function seqOfTarget(context: ResolveContext, target: RefTarget | undefined, text: string): number {
  const id = target === undefined ? undefined : target.is === 'symbolic' ? resolveRef(context.store, target.ref) : objectId(target.digest, 'dag-cbor')
  const seq = id === undefined ? undefined : getAtomSeq(context, id)
  if (seq === undefined) throw notFound(text, 'the ref pointed at nothing then')
  return seq
}

interface Search { readonly needle: string; readonly starts: readonly number[]; readonly text: string }

/** Returns the newest ATOM below the starts whose title or reason has a text. Reads one body for each ATOM on the way. */
function search(context: ResolveContext, { needle, starts, text }: Search): number {
  const reader = objectsOf(context.store)
  for (const seq of walk(context.index, starts)) {
    const header = getObjectAs(reader, context.index.node(seq).id, 'atom')
    const body = header === undefined ? undefined : getBody(reader, header.body)
    if (body !== undefined && (body.title.includes(needle) || (body.reason ?? '').includes(needle))) return seq
  }
  throw notFound(text, `no title or reason has '${needle}'`)
}

/** Returns the ATOMs at all branches, tags and remote branches, and at HEAD. */
export async function allTips(context: Pick<ResolveContext, 'store' | 'index'>): Promise<readonly number[]> {
  const seqs = new Set<number>()
  const head = resolveRef(context.store, 'HEAD')
  const ids = head === undefined ? [] : [head]
  for (const prefix of [HEADS, TAGS, REMOTES]) {
    for (const { target } of await listRefs(context.store, prefix)) if (target.is === 'object') ids.push(objectId(target.digest, 'dag-cbor'))
  }
  for (const id of ids) {
    const seq = getAtomSeq(context, id)
    if (seq !== undefined) seqs.add(seq)
  }
  return [...seqs]
}

function notFound(revision: string, why: string): AtomError<'REVISION_NOT_FOUND'> {
  return new AtomError('REVISION_NOT_FOUND', `no such revision: ${revision} (${why})`, { data: { revision }, hint: 'atom log --oneline shows what there is' })
}

function ambiguous(prefix: string, candidates: readonly string[]): AtomError<'ID_AMBIGUOUS'> {
  return new AtomError('ID_AMBIGUOUS', `${prefix} names several: ${candidates.join(', ')}`, { data: { prefix, candidates }, hint: 'give more digits' })
}
