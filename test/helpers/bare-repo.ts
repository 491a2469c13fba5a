/** A store with its INIT and no files beside it: for use cases that only need the trail. */
import { createTrailIndex } from '../../src/index/trail-index.js'
import { silentReporter } from '../../src/base/ports.js'
import { utf8 } from '../../src/base/bytes.js'
import { stageDraft } from '../../src/ops/record/record-draft.js'
import type { Repo } from '../../src/ops/repo.js'
import { createWriter } from '../../src/refs/transaction.js'
import { createMemoryStore } from '../../src/store/memory-store.js'
import { META, objectsOf } from '../../src/store/objects.js'
import type { Store } from '../../src/store/types.js'
import { EMPTY_TREE } from '../../src/tree/read.js'

export interface BareRepoOptions {
  readonly store?: Store
  /** Tells stores apart: their ids and salts. */
  readonly seed?: number
  readonly branch?: string
}

/** Returns a repo whose branch (default `main`) holds an INIT. */
export async function bareRepo(options: BareRepoOptions = {}): Promise<Repo> {
  const repo = repoOn(options.store ?? createMemoryStore(), options.seed ?? 1)
  const ref = `refs/heads/${options.branch ?? 'main'}`
  await repo.store.write({ puts: [[META.format, Uint8Array.of(1)], [META.store, repo.random.bytes(16)], [META.project, utf8('test')]], deletes: [] }, 'sync')
  await repo.writer.transact({ agent: 'user:ann', command: 'init' }, (tx) => {
    tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref } })
    tx.put(EMPTY_TREE)
    const draft = { type: 'INIT', agent: 'user:ann', influencedBy: [], body: { title: 'Start of test', project: 'test' }, files: new Map(), objects: [], layout: [] }
    return stageDraft(tx, draft, { ref, command: 'init', salt: repo.random.bytes(16) })
  })
  return repo
}

/** Returns a repo over a store that has its INIT already, or never gets one. */
export function repoOn(store: Store, seed = 1): Repo {
  let nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
  let state = seed
  const clock = { nowMs: () => (nowMs += 1_000) }
  return {
    store, clock,
    objects: objectsOf(store),
    index: createTrailIndex(store),
    writer: createWriter({ store, clock }),
    worktree: noFiles(),
    random: {
      bytes: (length) => Uint8Array.from({ length }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        return state >>> 24
      }),
    },
    reporter: silentReporter,
    identity: { agent: 'user:ann' },
    spool: { count: () => 0, waiting: (work) => work() },
    signal: new AbortController().signal,
  }
}

function noFiles(): Repo['worktree'] {
  const none = (): never => {
    throw new TypeError('this repo has no files')
  }
  return new Proxy({ root: undefined } as Repo['worktree'], { get: (_, key) => key === 'root' ? undefined : none })
}
