/** Where imported sessions land: one ATOM on the branch that has their last ones as parents, so that the branch leads to all of them. */
import { digestOf, type ObjectId } from '../../../codec/object-id.js'
import { walk } from '../../../history/graph/walk.js'
import { getAtomIdParts } from '../../../object/atom-id.js'
import { sha256Hex } from '../../../codec/hash.js'
import { utf8 } from '../../../base/bytes.js'
import type { Body } from '../../../object/body.js'
import { pointAt, resolveRef } from '../../../refs/ref.js'
import type { Transaction } from '../../../refs/transaction.js'
import { getBody, sealBody } from '../../../store/body.js'
import { createContentBuilder } from '../../../store/content.js'
import { encodeAtom, type AtomHeader } from '../../../object/atom.js'
import { seal } from '../../../object/seal.js'
import { EMPTY_TREE } from '../../../tree/read.js'
import { readObject } from '../../../store/objects.js'
import type { Repo } from '../../repo.js'
import { createBill, type Bill } from './transcript-bill.js'
import type { SessionResult } from './transcript-session.js'
import type { TranscriptFile } from './transcript-source.js'
import { clampTime, recordable, unitAtomId, unitKey } from './transcript-unit.js'

export interface ReadFile extends SessionResult {
  readonly name: string
  readonly document: TranscriptFile['document']
}

/** What the branch holds already. */
export interface Landed {
  readonly bill: Bill
  readonly seqs: ReadonlySet<number>
  /** Lines that no ATOM of a session took, by session and content. */
  readonly rests: ReadonlySet<string>
}

/** Reads what the branch holds: what its turns counted, and what it has of sessions' rests. */
export function readLanded(repo: Repo, ref: string): Landed {
  const bill = createBill()
  const seqs = new Set<number>()
  const rests = new Set<string>()
  const tip = resolveRef(repo.store, ref)
  const seq = tip === undefined ? undefined : repo.index.getSeq(digestOf(tip))
  for (const each of walk(repo.index, seq === undefined ? [] : [seq])) {
    seqs.add(each)
    const node = repo.index.node(each)
    const type = getAtomIdParts(node.atomId)?.type
    if (type === 'TURN') bill.recall(node.id, bodyOf(repo, node.id))
    if (type === 'IMPORT') for (const rest of recordedRests(bodyOf(repo, node.id))) rests.add(rest)
  }
  return { bill, seqs, rests }
}

function bodyOf(repo: Repo, atom: ObjectId): Body | undefined {
  return getBody(repo.objects, readObject(repo.objects, atom, 'atom').body)
}

function recordedRests(body: Body | undefined): readonly string[] {
  return (body?.evidence ?? []).flatMap(({ path, content }) => path === undefined || content === undefined ? [] : [restKey(path, content)])
}

export interface ToLand {
  readonly agent: string
  readonly ref: string
  readonly command: string
  readonly read: readonly ReadFile[]
  readonly landed: Landed
}

/** One ATOM has room for so many. */
const PARENTS_MAX = 1_000

interface Rest { readonly file: string; readonly content: ObjectId }

/** Names the rest of a file, so that it is recorded once. */
export function restKey(file: string, content: ObjectId): string {
  return `${content} ${file}`
}

/** Moves the branch; does nothing where all of it is there. Everything that it names is durable. */
export async function landSessions(repo: Repo, toLand: ToLand): Promise<{ readonly added: number; readonly tip: ObjectId | undefined }> {
  const { landed } = toLand
  const tips = withoutAncestors(repo, [...new Set(toLand.read.flatMap(({ tip }) => tip === undefined ? [] : [tip]))].filter((tip) => !landed.seqs.has(repo.index.seqOf(tip))))
  const rests = await restsOf(repo, toLand)
  if (tips.length === 0 && rests.length === 0) return { added: 0, tip: resolveRef(repo.store, toLand.ref) }
  const count = Math.max(tips.length, rests.length)
  let tip: ObjectId | undefined
  for (let start = 0; start < count; start += PARENTS_MAX) {
    const part = { tips: tips.slice(start, start + PARENTS_MAX), rests: rests.slice(start, start + PARENTS_MAX) }
    tip = (await repo.writer.transact({ agent: repo.identity.agent, command: toLand.command }, (tx) => stageLanding(tx, toLand, part))).value
  }
  return { added: Math.ceil(count / PARENTS_MAX), tip }
}

/** A session that another one goes on from is led to by that one. */
function withoutAncestors(repo: Repo, tips: readonly ObjectId[]): readonly ObjectId[] {
  const parents = new Set(tips.flatMap((tip) => repo.index.parents(repo.index.seqOf(tip))))
  return tips.filter((tip) => !parents.has(repo.index.seqOf(tip)))
}

/** Returns the lines that no session took, and whole documents, as far as they are not recorded. */
async function restsOf(repo: Repo, { read, landed }: ToLand): Promise<readonly Rest[]> {
  const rests: Rest[] = []
  for (const { name, rest, document } of read) {
    const content = document === undefined ? rest?.content : await keepDocument(repo, document)
    if (content !== undefined && !landed.rests.has(restKey(name, content))) rests.push({ file: name, content })
  }
  return rests
}

/** Stores a source that is no file of lines. */
export async function keepDocument(repo: Repo, document: () => AsyncIterable<Uint8Array>): Promise<ObjectId> {
  const builder = createContentBuilder()
  for await (const bytes of document()) {
    const full = builder.add(bytes)
    if (full.length > 0) await repo.writer.putAhead(full)
  }
  const { id, objects } = builder.end()
  await repo.writer.putAhead(objects)
  return id
}

function stageLanding(tx: Transaction, { agent, ref, read }: ToLand, { tips, rests }: { readonly tips: readonly ObjectId[]; readonly rests: readonly Rest[] }): ObjectId {
  const before = resolveRef(tx, ref)
  const timeMs = Math.max(0, ...read.map((file) => file.timeMs))
  const key = sha256Hex(utf8([...tips, ...rests.map(({ file, content }) => restKey(file, content))].join('\n')))
  const unit = { type: 'IMPORT', key, dayMs: timeMs } as const
  const sessions = new Set(read.filter(({ tip, name }) => (tip !== undefined && tips.includes(tip)) || rests.some(({ file }) => file === name)).map(({ session }) => session))
  const body: Body = {
    title: `${String(sessions.size)} ${sessions.size === 1 ? 'session' : 'sessions'} of ${agent}`,
    metadata: { sessions: [...sessions], transcript: { key: unitKey(agent, 'IMPORT', key) } },
    ...(rests.length > 0 && { evidence: rests.map(({ file, content }) => ({ name: 'transcript rest', phase: 'other' as const, path: recordable(file), content })) }),
  }
  const whole = sealBody(body)
  const parents = [...new Set([...(before === undefined ? [] : [before]), ...tips])]
  const header: AtomHeader = {
    atomId: unitAtomId(agent, unit), operation: 'import_sessions', agent, timeMs: clampTime(timeMs), parents, influencedBy: [],
    tree: before === undefined ? EMPTY_TREE.id : readObject(tx, before, 'atom').tree, body: whole.body.id,
  }
  const object = seal(encodeAtom(header))
  for (const content of whole.contents) tx.put(content)
  if (before === undefined) tx.put(EMPTY_TREE)
  tx.put(whole.body)
  tx.putAtom(object, { header, changes: [] })
  tx.edit({ ref, expected: before === undefined ? undefined : pointAt(before), next: pointAt(object.id) })
  return object.id
}
