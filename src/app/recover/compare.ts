/** Compares a recovered store with what lies outside it: files on disk by their hashes, and the ATOMs that the lost store's trail.log and database name. */
import type { Digest } from '../../codec/object-id.js'
import { getAtomIdParts } from '../../object/atom-id.js'
import { tipTree } from '../../ops/context.js'
import type { TrackedPath } from '../../ops/ports.js'
import type { Repo } from '../../ops/repo.js'
import { readLogState } from '../../refs/log-state.js'
import { isForgotten } from '../../refs/transaction.js'
import { getBody } from '../../store/body.js'
import { worktreeKey } from '../../store/keys.js'
import type { ObjectReader, RecordReader } from '../../store/types.js'
import { walkTree } from '../../tree/read.js'
import { filesOf, readRecord } from '../../trail/record.js'

/** An ATOM that a witness names. */
export interface NamedAtom {
  readonly object: Digest
  readonly atomId: string
  /** From trail.log only. */
  readonly title: string | undefined
}

export type Agreement = 'MATCH' | 'DIFFERS' | 'MISSING'

export interface Comparison {
  readonly result: Agreement
  /** Files and ATOMs that were looked for. */
  readonly compared: number
  readonly differing: readonly TrackedPath[]
  /** Files that are not on disk, and atom ids that are not in the store. */
  readonly missing: readonly string[]
}

export interface Compared {
  readonly config: Comparison
  readonly decisions: Comparison
  readonly evidence: Comparison
}

/** `witnessed`: every ATOM that something outside the new store names. */
export async function compareOutside(repo: Repo, witnessed: readonly NamedAtom[]): Promise<Compared> {
  const source = hashing(repo)
  const tree = tipTree(source, 'HEAD')
  const tracked = [...walkTree(repo.objects, tree)].map(({ path }) => path)
  const changes = new Map((await repo.worktree.changes(source, tree, { untracked: 'hide' })).map(({ path, change }) => [path, change]))
  const compare = (paths: readonly TrackedPath[], ids: Ids): Comparison => {
    const differing = paths.filter((path) => changes.has(path) && changes.get(path) !== 'delete')
    const missing = [...paths.filter((path) => changes.get(path) === 'delete'), ...ids.missing]
    return { result: missing.length > 0 ? 'MISSING' : differing.length > 0 ? 'DIFFERS' : 'MATCH', compared: paths.length + ids.count, differing, missing }
  }
  const carried = carriedFiles(repo)
  const present = new Set(tracked)
  const absent = (type: string): readonly string[] => witnessed.filter(({ object, atomId }) => getAtomIdParts(atomId)?.type === type && repo.index.getSeq(object) === undefined).map(({ atomId }) => atomId)
  const [decisions, sage] = [absent('DECISION'), absent('SAGE')]
  return {
    config: compare(tracked, { count: 0, missing: [] }),
    decisions: compare([...carried.decisions].filter((path) => present.has(path)), { count: carried.counts.DECISION + decisions.length, missing: decisions }),
    evidence: compare([...carried.evidence].filter((path) => present.has(path)), { count: carried.counts.SAGE + carried.contents + sage.length, missing: [...sage, ...carried.absent] }),
  }
}

interface Ids { readonly count: number; readonly missing: readonly string[] }

/** Without what is remembered of the files: each of them is read and hashed. */
function hashing({ store, objects }: Repo): RecordReader & ObjectReader {
  const isRemembered = (key: Uint8Array): boolean => key[0] === worktreeKey('')[0]
  return { getObject: (id) => objects.getObject(id), getRecord: (key) => (isRemembered(key) ? undefined : store.getRecord(key)), scan: (range, options) => store.scan(range, options) }
}

interface Carried {
  /** Files that ATOMs of the type changed. */
  readonly decisions: ReadonlySet<TrackedPath>
  readonly evidence: ReadonlySet<TrackedPath>
  readonly counts: { readonly DECISION: number; readonly SAGE: number }
  /** Contents of evidence. */
  readonly contents: number
  /** Evidence whose content is not there. */
  readonly absent: readonly string[]
}

function carriedFiles(repo: Repo): Carried {
  const [decisions, evidence] = [new Set<TrackedPath>(), new Set<TrackedPath>()]
  const counts = { DECISION: 0, SAGE: 0 }
  let contents = 0
  const absent: string[] = []
  for (let seq = 0; seq < readLogState(repo.store).atoms; seq++) {
    const type = getAtomIdParts(repo.index.node(seq).atomId)?.type
    if (type !== 'DECISION' && type !== 'SAGE') continue
    counts[type]++
    const record = readRecord(repo, seq)
    for (const { path } of filesOf(repo, seq, record.header)) (type === 'SAGE' ? evidence : decisions).add(path)
    if (type !== 'SAGE') continue
    for (const { name, content } of getBody(repo.objects, record.header.body)?.evidence ?? []) {
      if (content === undefined) continue
      contents++
      if (repo.objects.getObject(content) === undefined && !isForgotten(repo.store, content)) absent.push(`${record.header.atomId} ${name}`)
    }
  }
  return { decisions, evidence, counts, contents, absent }
}
