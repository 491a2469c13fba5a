/**
 * `gc`: drops what nothing reaches, and has the database merge its files.
 *
 * Guarantees: kept is what refs, the operation log and everything it names, the laid-out tree and work under way lead to. What is dropped goes in
 * small batches, what links before what is linked, so a gc that was killed has done a part and harmed nothing. Others record meanwhile: a batch
 * that finds something recorded since the links were counted does nothing, and the counting begins again.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { equalBytes } from '../../base/bytes.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { ownedLinks, opReferences } from '../../object/links.js'
import { LinkCounts } from '../../history/keep/link-counts.js'
import { KeyedHash } from '../../history/verify/keyed-hash.js'
import { vacateAtom } from '../../index/vacate.js'
import type { Transaction } from '../../refs/transaction.js'
import { edgesOf, getObjectKeyId, objectKey, objectPrefixRange, rangeOf, SPACES, type Space } from '../../store/keys.js'
import { getObjectAs, META } from '../../store/objects.js'
import { diffTrees } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { checkInput, filledText, flag, optional } from '../check.js'
import { keptRoots } from './kept.js'
import { opPrune } from './op-prune.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface GcInput {
  readonly dryRun: boolean
  /** A date: first forget the operations before it. Default: none, so that everything that ever was on a ref is kept. */
  readonly prune?: string | undefined
}

export interface GcResult {
  readonly isDryRun: boolean
  readonly objects: number
  readonly bytes: number
  /** How many of the objects were ATOMs. */
  readonly atoms: number
  readonly prunedOps: number
}

export const gc: Operation<GcInput, GcResult> = {
  name: 'gc',
  summary: 'Drop what nothing reaches and tidy up the database',
  effect: 'write',
  errors: ['DATE_INVALID', 'OPERATION_IN_PROGRESS'],
  check: checkInput<GcInput>({ dryRun: flag, prune: optional(filledText) }),
  run: collect,
}

const SLICE_OBJECTS = 500
const ATTEMPTS = 5

async function collect(repo: Repo, input: GcInput): Promise<GcResult> {
  const pruned = input.prune === undefined ? 0 : (await (opPrune.run(repo, { before: input.prune, keep: undefined, dryRun: input.dryRun }) as Promise<{ readonly dropped: number }>)).dropped
  const swept: Swept = { objects: 0, bytes: 0, atoms: 0 }
  for (let attempt = 1; ; attempt++) {
    if (await sweepOnce(repo, input, swept) === 'done') break
    if (attempt === ATTEMPTS) throw new AtomError('OPERATION_IN_PROGRESS', 'others record faster than gc can count: what was dropped is dropped, the rest waits', { data: { operation: 'gc' }, hint: 'atom gc, at a quieter time' })
  }
  if (!input.dryRun) await compactAll(repo)
  return { isDryRun: input.dryRun, ...swept, prunedOps: pruned }
}

interface Swept { objects: number; bytes: number; atoms: number }
interface Doomed { readonly id: ObjectId; readonly bytes: Uint8Array; readonly object: OpenedObject | undefined }

async function sweepOnce(repo: Repo, { dryRun }: GcInput, swept: Swept): Promise<'done' | 'changed'> {
  const before = repo.store.getRecord(META.log) ?? new Uint8Array(0)
  const counts = await countLinks(repo)
  let slice: Doomed[] = []
  const flush = async (): Promise<'done' | 'changed'> => {
    const doomed = slice
    slice = []
    const state = dryRun || doomed.length === 0 ? 'done' : await drop(repo, doomed, before)
    if (state === 'changed') return state
    for (const { bytes, object } of doomed) {
      swept.objects++
      swept.bytes += bytes.length
      if (object?.kind === 'atom') swept.atoms++
    }
    repo.reporter.progress('dropping', swept.objects)
    return 'done'
  }
  // What follows from it goes right after it: what links is dropped before what is linked.
  const doom = async (id: ObjectId): Promise<'done' | 'changed'> => {
    for (const stack = [id]; stack.length > 0;) {
      const doomed = take(repo, counts, stack)
      if (doomed !== undefined) slice.push(doomed)
      if (slice.length >= SLICE_OBJECTS && await flush() === 'changed') return 'changed'
    }
    return 'done'
  }
  for await (const list of repo.store.scan(rangeOf('object'))) {
    repo.signal.throwIfAborted()
    for (const [key] of list) {
      const id = getObjectKeyId(key)
      if (id === undefined || counts.count(id) > 0) continue
      if (await doom(id) === 'changed') return 'changed'
    }
  }
  return flush()
}

/** Takes the last one from the stack, pushes what nothing else links, and returns it. */
function take(repo: Repo, counts: LinkCounts, stack: ObjectId[]): Doomed | undefined {
  const id = stack.pop() as ObjectId
  const bytes = repo.objects.getObject(id)
  if (bytes === undefined) return undefined
  const object = id.startsWith('55') ? undefined : openAny(bytes)
  if (object !== undefined) for (const linked of linksOf(object)) if (counts.remove(linked) === 0) stack.push(linked)
  // Counted as kept from here on: the scan may meet it later, when its batch is not through yet.
  counts.add(id)
  return { id, bytes, object }
}

function linksOf(object: OpenedObject): readonly ObjectId[] {
  return [...ownedLinks(object).map(({ id }) => id), ...opReferences(object)]
}

async function countLinks(repo: Repo): Promise<LinkCounts> {
  const counts = new LinkCounts(new KeyedHash(repo.random.bytes(8)))
  for (const root of await keptRoots(repo.store)) counts.add(root)
  let scanned = 0
  for await (const list of repo.store.scan(rangeOf('object'))) {
    repo.signal.throwIfAborted()
    repo.reporter.progress('counting links', scanned += list.length)
    for (const [key, bytes] of list) {
      if (key[1] !== 0x71) continue
      for (const id of linksOf(openOrRefuse(key, bytes))) counts.add(id)
    }
  }
  return counts
}

/** What cannot be read may link to anything: nothing is dropped from a damaged store. */
function openOrRefuse(key: Uint8Array, bytes: Uint8Array): OpenedObject {
  try {
    return openAny(bytes)
  } catch (cause) {
    if (!isAtomError(cause)) throw cause
    const id = getObjectKeyId(key)
    const digest = id === undefined ? 'under a key that is none' : digestOf(id)
    throw new AtomError('OBJECT_CORRUPT', `an object cannot be read, so what it needs is not known and nothing is dropped: ${digest}`, { data: { id: digest, reason: cause.message }, hint: 'atom verify', cause })
  }
}

async function drop(repo: Repo, doomed: readonly Doomed[], before: Uint8Array): Promise<'done' | 'changed'> {
  const { value } = await repo.writer.transact({ agent: repo.identity.agent, command: 'gc' }, (tx) => {
    if (!equalBytes(tx.getRecord(META.log) ?? new Uint8Array(0), before)) return 'changed' as const
    for (const { id, object } of doomed) if (object?.kind === 'atom') dropFromIndex(tx, id, object.value)
    for (const { id } of doomed) tx.deleteRecord(objectKey(id))
    return 'done' as const
  })
  return value
}

function dropFromIndex(tx: Transaction, id: ObjectId, header: Extract<OpenedObject, { kind: 'atom' }>['value']): void {
  const seq = tx.index.getSeq(digestOf(id))
  if (seq === undefined) return
  const [first] = header.parents
  const before = first === undefined ? EMPTY_TREE.id : getObjectAs(tx, first, 'atom')?.tree
  vacateAtom(tx, seq, { id, header, changes: before === undefined ? [] : diffTrees(tx, before, header.tree) })
}

/** Has the database merge its files, one small range after the other, so that others get in between. */
async function compactAll(repo: Repo): Promise<void> {
  const objects = [0x55, 0x71].flatMap((codec) => Array.from('0123456789abcdef', (digit) => objectPrefixRange(codec, digit)))
  const others = (Object.keys(SPACES) as Space[]).filter((space) => space !== 'object').map((space) => rangeOf(space))
  const ranges = [...objects, ...others]
  for (const [done, range] of ranges.entries()) {
    repo.signal.throwIfAborted()
    repo.reporter.progress('tidying up', done, ranges.length)
    await repo.store.compact(range)
  }
  // That merging failed LevelDB tells with the next write.
  await repo.store.write({ puts: [], deletes: edgesOf('object') }, 'sync')
}
