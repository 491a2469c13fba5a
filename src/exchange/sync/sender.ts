/** Sends objects to a remote in groups: asks which of a group are missing there, and sends those. */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { BATCH_MAX_BYTES } from '../../base/limits.js'
import { digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { Repo } from '../../ops/repo.js'
import { FORGOTTEN } from '../../refs/name.js'
import { MISSING_MAX_IDS, type Remote, type RemoteObject } from '../remote.js'

const SENT_REMEMBERED = 100_000

export class Sender {
  /** What was sent, not what was there already. */
  atoms = 0
  objects = 0
  bytes = 0
  readonly #repo: Repo
  readonly #remote: Remote
  /** Erased there: it does not want them back. */
  readonly #unwanted: ReadonlySet<Digest>
  readonly #sent = createBoundedCache<ObjectId, true>({ limit: SENT_REMEMBERED })
  #group = new Map<ObjectId, Uint8Array>()
  #groupBytes = 0

  constructor(repo: Repo, remote: Remote, remoteRefs: ReadonlyMap<string, ObjectId>) {
    this.#repo = repo
    this.#remote = remote
    this.#unwanted = new Set([...remoteRefs.keys()].filter((name) => name.startsWith(FORGOTTEN)).map((name) => name.slice(FORGOTTEN.length) as Digest))
  }

  async add({ id, bytes }: RemoteObject): Promise<void> {
    this.#repo.signal.throwIfAborted()
    if (this.#sent.peek(id) === true || this.#unwanted.has(digestOf(id))) return
    this.#sent.set(id, true)
    this.#group.set(id, bytes)
    this.#groupBytes += bytes.length
    if (this.#group.size >= MISSING_MAX_IDS || this.#groupBytes >= BATCH_MAX_BYTES) await this.flush()
  }

  async flush(): Promise<void> {
    const group = this.#group
    this.#group = new Map()
    this.#groupBytes = 0
    if (group.size === 0) return
    const missing = new Set(await this.#remote.missing([...group.keys()]))
    if (missing.size > 0) await this.#remote.put(this.#missingOf(group, missing))
  }

  async* #missingOf(group: ReadonlyMap<ObjectId, Uint8Array>, missing: ReadonlySet<ObjectId>): AsyncIterable<RemoteObject> {
    for (const [id, bytes] of group) {
      if (!missing.has(id)) continue
      this.objects++
      this.bytes += bytes.length
      if (this.#repo.index.getSeq(digestOf(id)) !== undefined) this.atoms++
      yield { id, bytes }
    }
  }
}
