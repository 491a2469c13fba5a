/** The refs that JSON lines name: they land when all lines are in, in one operation. */
import { AtomError } from '../../../base/errors.js'
import { digestOf, objectId, type Digest, type ObjectId } from '../../../codec/object-id.js'
import { checkRefName, HEADS, REMOTES, TAGS } from '../../../refs/name.js'
import type { TakenNames } from '../../../refs/name-folders.js'
import { pointAt, resolveRef } from '../../../refs/ref.js'
import type { RefEdit } from '../../../refs/transaction.js'
import { getObjectAs } from '../../../store/objects.js'
import type { ImportedRef } from '../git/import-git.js'
import { getInitBranch, landBranch, landTag, readTakenNames, type Landing } from '../imported-refs.js'
import type { Repo } from '../../repo.js'

export interface RefLine {
  readonly number: number
  /** As it stands. */
  readonly raw: Uint8Array
  readonly ref: string
  readonly object?: Digest
  /** The ref that this one names. */
  readonly symbolic?: string
}

export interface RefLines {
  readonly lines: readonly RefLine[]
  readonly command: string
  refuse(line: RefLine, error: unknown): void
}

export interface LandedRefs {
  readonly refs: readonly ImportedRef[]
  /** The branch that HEAD names now, where it moved. */
  readonly head: string | undefined
}

const PREFIX = 'imported/'

/** Into a store that holds nothing but its INIT the refs land as they are, and HEAD with them; else as imported ones do. */
export async function landRefLines(repo: Repo, { lines, command, refuse }: RefLines): Promise<LandedRefs> {
  if (lines.length === 0) return { refs: [], head: undefined }
  const initBranch = await getInitBranch(repo)
  const taken = await readTakenNames(repo, initBranch)
  const refs: ImportedRef[] = []
  let head: RefEdit['next']
  for (const line of lines) {
    try {
      if (line.ref === 'HEAD') head = line.symbolic === undefined ? pointAt(targetOf(repo, line)) : { is: 'symbolic', ref: checkRefName(line.symbolic) }
      else if (line.object !== undefined) refs.push(landLine(repo, { line, taken, initBranch }))
      else throw invalid(line, 'only HEAD may name another ref')
    } catch (error) {
      refuse(line, error)
    }
  }
  const branches = refs.filter(({ ref }) => ref.startsWith(HEADS))
  const replaces = initBranch !== undefined && branches.length > 0
  const named = head?.is === 'symbolic' ? head.ref : undefined
  const next = named !== undefined && !branches.some(({ ref }) => ref === named) ? undefined : head
  await repo.writer.transact({ agent: repo.identity.agent, command }, (tx) => {
    for (const { ref, object, change } of refs) if (change === 'new' || change === 'moved') tx.edit({ ref, expected: 'any', next: pointAt(object) })
    if (!replaces) return
    const target = next ?? (branches[0] === undefined ? undefined : { is: 'symbolic' as const, ref: branches[0].ref })
    if (target !== undefined) tx.edit({ ref: 'HEAD', expected: 'any', next: target })
    if (!branches.some(({ ref }) => ref === initBranch)) tx.edit({ ref: initBranch, expected: 'any', next: undefined })
  })
  return { refs, head: replaces && next?.is === 'symbolic' ? next.ref : undefined }
}

function invalid(line: RefLine, reason: string): AtomError<'INPUT_INVALID'> {
  return new AtomError('INPUT_INVALID', `the ref ${line.ref.slice(0, 200)} cannot be taken: ${reason}`, { data: { field: 'ref', value: line.ref.slice(0, 200) } })
}

function targetOf(repo: Repo, line: RefLine): ObjectId {
  const id = line.object === undefined ? undefined : objectId(line.object, 'dag-cbor')
  if (id === undefined || !leadsToAtom(repo, id)) throw invalid(line, 'what it names is no ATOM or tag here')
  return id
}

function leadsToAtom(repo: Repo, id: ObjectId): boolean {
  for (let at: ObjectId | undefined = id; at !== undefined; at = getObjectAs(repo.objects, at, 'tag')?.target) {
    if (repo.index.getSeq(digestOf(at)) !== undefined) return true
  }
  return false
}

interface LineToLand {
  readonly line: RefLine
  readonly taken: TakenNames
  /** The branch that imported ones replace. */
  readonly initBranch: string | undefined
}

function landLine(repo: Repo, { line, taken, initBranch }: LineToLand): ImportedRef {
  const target = targetOf(repo, line)
  const name = line.ref
  checkRefName(name)
  const landing = landAs(repo, { name, target, taken, initBranch })
  if (landing === undefined) throw invalid(line, 'it is no branch, tag or remote branch, or another name stands in its way')
  return { name, object: target, ...landing }
}

function landAs(repo: Repo, { name, target, taken, initBranch }: Omit<LineToLand, 'line'> & { readonly name: string; readonly target: ObjectId }): Landing | undefined {
  const tip = resolveRef(repo.store, name)
  const exact: Landing = { ref: name, change: tip === undefined ? 'new' : tip === target ? 'same' : 'moved' }
  if (name.startsWith(REMOTES) || (name.startsWith(HEADS) && initBranch !== undefined)) {
    if (exact.change === 'new' && !taken.isFree(name)) return undefined
    taken.take(name)
    return exact
  }
  if (name.startsWith(HEADS)) return landBranch(repo, { name: name.slice(HEADS.length), target, prefix: PREFIX, taken, isImported: () => false })
  return name.startsWith(TAGS) ? landTag(repo, { name: name.slice(TAGS.length), target, prefix: PREFIX, taken }) : undefined
}
