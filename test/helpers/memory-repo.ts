import { utf8 } from '../../src/base/bytes.js'
import type { Clock, Random } from '../../src/base/ports.js'
import { sha256 } from '../../src/codec/hash.js'
import { createTrailIndex } from '../../src/index/trail-index.js'
import { add, type AddInput, type AddResult } from '../../src/ops/record/add.js'
import { recordDraft, stageDraft, type Draft, type RecordedAtom, type RecordPlace } from '../../src/ops/record/record-draft.js'
import type { Identity, Repo } from '../../src/ops/repo.js'
import { createWriter } from '../../src/refs/transaction.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { META, objectsOf } from '../../src/store/objects.js'
import type { Store } from '../../src/store/types.js'
import { EMPTY_TREE } from '../../src/tree/read.js'
import { rehearsing } from './rehearsing-writer.js'
import { createMemoryWorktree, type MemoryWorktree } from './memory-worktree.js'

/** 27 November 2024, 10:00 UTC. */
export const START_MS: number = Date.UTC(2024, 10, 27, 10)

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  nowMs(): number
  set(timeMs: number): void
  advance(ms: number): void
}

export function fakeClock(startMs: number = START_MS): FakeClock {
  let timeMs = startMs
  return { nowMs: () => timeMs, set: (next) => { timeMs = next }, advance: (ms) => { timeMs += ms } }
}

/** Bytes that look random and are the same for the same seed. */
export function seededRandom(seed: string): Random {
  let count = 0
  return {
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let offset = 0; offset < length; offset += 32) bytes.set(sha256(utf8(`${seed}:${String(count++)}`)).subarray(0, length - offset), offset)
      return bytes
    },
  }
}

export interface RepoOptions {
  readonly store?: Store
  readonly seed?: string
  readonly startMs?: number
  readonly identity?: Identity
  readonly branch?: string
  /** `none` leaves out the INIT ATOM and HEAD: nothing but the store's id is there. */
  readonly init?: 'atom' | 'none'
  /** `plain` runs work once, as far as it can. */
  readonly writer?: 'plain'
}

export interface MemoryRepo extends Repo {
  readonly clock: FakeClock
  readonly worktree: MemoryWorktree
  /** What `reporter.warn` was told. */
  readonly warnings: string[]
  /** Records through the `add` use case. */
  add(input: Partial<AddInput> & { readonly type?: string }): Promise<AddResult>
  /** Records a draft, with defaults for everything. */
  draft(draft: Partial<Draft>, place?: Partial<RecordPlace>): Promise<RecordedAtom>
  /** The same store for somebody else, or for another branch. */
  as(identity: Partial<Identity>): MemoryRepo
}

/** Returns a repo on a memory store: the whole program below `app`, with a clock that the test moves, a seed for its randomness, and a writer that runs work twice. */
export async function aRepo(options: RepoOptions = {}): Promise<MemoryRepo> {
  const store = options.store ?? createMemoryStore()
  const clock = fakeClock(options.startMs)
  const random = seededRandom(options.seed ?? 'repo')
  const plain = createWriter({ store, clock })
  const writer = options.writer === 'plain' ? plain : rehearsing(plain)
  const warnings: string[] = []
  const identity: Identity = options.identity ?? { agent: 'tester' }
  const repo: Repo & Pick<MemoryRepo, 'clock' | 'worktree' | 'warnings'> = {
    store, objects: objectsOf(store), index: createTrailIndex(store), writer, worktree: createMemoryWorktree(), clock, random, identity, warnings,
    reporter: { warn: (message) => { warnings.push(message) }, progress: () => undefined },
    spool: { count: () => 0, waiting: (work) => work() },
    signal: new AbortController().signal,
  }
  await store.write({ puts: [[META.format, Uint8Array.of(1)], [META.store, random.bytes(16)], [META.project, utf8('demo')]], deletes: [] }, 'sync')
  if (options.init !== 'none') await init(repo, `refs/heads/${options.branch ?? 'main'}`)
  return withVerbs(repo)
}

async function init(repo: Repo, ref: string): Promise<void> {
  const salt = repo.random.bytes(16)
  await repo.writer.transact({ agent: repo.identity.agent, command: 'init' }, (tx) => {
    tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref } })
    tx.put(EMPTY_TREE)
    stageDraft(tx, { ...NO_DRAFT, type: 'INIT', agent: repo.identity.agent, body: { title: 'Start of demo', project: 'demo' } }, { ref, command: 'init', salt })
  })
}

const NO_DRAFT: Draft = { type: 'DECISION', agent: 'tester', influencedBy: [], body: { title: 'a decision' }, files: new Map(), objects: [], layout: [] }

function withVerbs(repo: Repo & Pick<MemoryRepo, 'clock' | 'worktree' | 'warnings'>): MemoryRepo {
  return {
    ...repo,
    add: (input) => add.run(repo, add.check({ type: 'DECISION', title: 'a decision', ...input })) as Promise<AddResult>,
    draft: (draft, place) => recordDraft(repo, { ...NO_DRAFT, ...draft }, { ref: 'refs/heads/main', command: 'add', ...place }),
    as: (identity) => withVerbs({ ...repo, identity: { ...repo.identity, ...identity } }),
  }
}
