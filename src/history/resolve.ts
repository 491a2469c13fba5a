/**
 * What a revision means in a store: names, dates and steps become one ATOM, an object or a path in a tree.
 *
 * Order of meaning: full object id or CID, HEAD and @-forms, refs, atom id, hex prefix. What is ambiguous lists its candidates and
 * fails (`ID_AMBIGUOUS`); what is nothing fails with `REVISION_NOT_FOUND`.
 */
import { AtomError, isAtomError } from '../base/errors.js'
import { parseCid } from '../codec/cid.js'
import { digestOf, getDigest, idFromCid, objectId, type Digest, type ObjectId } from '../codec/object-id.js'
import { HEADS, REMOTES, TAGS } from '../refs/name.js'
import { listRefs, resolveRef } from '../refs/ref.js'
import { getBody } from '../store/body.js'
import { getObjectKeyId, objectPrefixRange } from '../store/keys.js'
import { getObjectAs, objectsOf, readObject } from '../store/objects.js'
import { getEntry } from '../tree/read.js'
import { pathInTree } from '../tree/scope.js'
import { walk } from './graph/walk.js'
import { atTime, branchBefore, movesAgo } from './ref-moves.js'
import { getAtomSeq, revisionNotFound as notFound, type ResolveContext } from './resolve-context.js'
import { formatRevision, parseRevision, type Revision, type RevisionBase, type RevisionStep } from './revision-syntax.js'

export { currentBranch, type ResolveContext } from './resolve-context.js'

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

/**
 * Returns the object that a revision names: with a path the file or tree there (as `pathInTree` reads it), with `^{tree}` or `^{body}` at its end that one,
 * else the ATOM, tag, op, body or whatever has that id. Throws `PATH_NOT_FOUND` where the tree has no such path.
 */
export async function resolveObject(context: ResolveContext, text: string): Promise<ObjectId> {
  const revision = parseRevision(text)
  if (revision.path === null && revision.steps.length === 0 && revision.base.is === 'name') {
    const named = await getNamedObject(context, revision.base.text)
    if (named !== undefined) return named
  }
  const last = revision.steps.at(-1)
  const part = last?.is === 'peel' && (last.to === 'tree' || last.to === 'body') ? last.to : undefined
  const { id } = context.index.node(await resolveRevision(context, part === undefined ? revision : { ...revision, steps: revision.steps.slice(0, -1) }))
  if (part !== undefined && revision.path === null) return readObject(objectsOf(context.store), id, 'atom')[part]
  return revision.path === null ? id : readPath(context, id, { typed: revision.path, text })
}

function readPath(context: ResolveContext, atom: ObjectId, { typed, text }: { readonly typed: string; readonly text: string }): ObjectId {
  const objects = objectsOf(context.store)
  const entry = getEntry(objects, readObject(objects, atom, 'atom').tree, pathInTree(typed))
  if (entry === undefined) throw new AtomError('PATH_NOT_FOUND', `there is no ${typed} in ${text.slice(0, text.length - typed.length - 1)}`, { data: { path: typed, revision: text }, hint: 'paths behind REV: begin at the project\'s root; ~/x and /x name the other scopes' })
  return entry.link
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

async function getNamedObject(context: ResolveContext, name: string): Promise<ObjectId | undefined> {
  const digest = getDigest(name)
  if (digest !== undefined) return getStored(context, digest) ?? getRefObject(context, name)
  if (/^baf[ky]rei[a-z2-7]{52}$/.test(name)) {
    const id = getCidObject(name)
    if (id !== undefined && objectsOf(context.store).getObject(id) !== undefined) return id
  }
  const ref = getRefObject(context, name)
  if (ref !== undefined) return ref
  return /^[0-9a-fA-F]{4,63}$/.test(name) ? resolvePrefix(context, name.toLowerCase()) : undefined
}

function getCidObject(text: string): ObjectId | undefined {
  try {
    return idFromCid(parseCid(text))
  } catch (error) {
    // It may be the name of a branch all the same.
    if (isAtomError(error, 'CID_INVALID')) return undefined
    throw error
  }
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

/** Returns the object whose digest begins so. An ATOM is what is usually meant: one among bodies, trees and ops is not ambiguous. */
async function resolvePrefix(context: ResolveContext, prefix: string): Promise<ObjectId | undefined> {
  const atoms = (await context.index.withPrefix(prefix)).map((seq) => context.index.node(seq).id)
  if (atoms.length === 1) return atoms[0]
  const found = atoms.length > 1 ? atoms : await objectsWithPrefix(context, prefix)
  if (found.length <= 1) return found[0]
  throw ambiguous(prefix, found.slice(0, CANDIDATES_SHOWN).map((id) => describe(context, id)))
}

async function objectsWithPrefix(context: ResolveContext, prefix: string): Promise<readonly ObjectId[]> {
  const found: ObjectId[] = []
  for (const codec of [0x71, 0x55]) {
    for await (const list of context.store.scan(objectPrefixRange(codec, prefix), { limit: CANDIDATES_SHOWN + 1 })) {
      found.push(...list.flatMap(([key]) => getObjectKeyId(key) ?? []))
    }
  }
  return found
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
    if (first === undefined) throw notFound(text, `it has only ${String(generations - left)} before it`)
    at = first
    left--
  }
  return at
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

function ambiguous(prefix: string, candidates: readonly string[]): AtomError<'ID_AMBIGUOUS'> {
  return new AtomError('ID_AMBIGUOUS', `${prefix} names several: ${candidates.join(', ')}`, { data: { prefix, candidates }, hint: 'give more digits' })
}
