/** Sends objects to a remote in groups: asks which of a group are missing there, and sends those. */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { BATCH_MAX_BYTES } from '../../base/limits.js'
import { digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { Repo } from '../../ops/repo.js'
import { FORGOTTEN } from '../../refs/name.js'
import { MISSING_MAX_IDS, type Remote } from '../remote.js'
import type { OutgoingObject } from './outgoing.js'

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
  #group = new Map<ObjectId, OutgoingObject>()
  #groupBytes = 0

  constructor(repo: Repo, remote: Remote, remoteRefs: ReadonlyMap<string, ObjectId>) {
    this.#repo = repo
    this.#remote = remote
    this.#unwanted = new Set([...remoteRefs.keys()].filter((name) => name.startsWith(FORGOTTEN)).map((name) => name.slice(FORGOTTEN.length) as Digest))
  }

  /** Takes one object; 'full': MUST be flushed before the next. */
  add(object: OutgoingObject): 'taken' | 'full' {
    this.#repo.signal.throwIfAborted()
    const { id, bytes } = object
    if (this.#sent.peek(id) === true || (this.#unwanted.size > 0 && this.#unwanted.has(digestOf(id)))) return 'taken'
    this.#sent.set(id, true)
    this.#group.set(id, object)
    this.#groupBytes += bytes.length
    return this.#group.size >= MISSING_MAX_IDS || this.#groupBytes >= BATCH_MAX_BYTES ? 'full' : 'taken'
  }

  async addAll(objects: Iterable<OutgoingObject>): Promise<void> {
    for (const object of objects) if (this.add(object) === 'full') await this.flush()
  }

  async flush(): Promise<void> {
    const group = this.#group
    this.#group = new Map<ObjectId, OutgoingObject>()
    this.#groupBytes = 0
    if (group.size === 0) return
    const missing = new Set(await this.#remote.missing([...group.keys()]))
    if (missing.size > 0) await this.#remote.put(this.#missingOf(group, missing))
  }

  async* #missingOf(group: ReadonlyMap<ObjectId, OutgoingObject>, missing: ReadonlySet<ObjectId>): AsyncIterable<OutgoingObject> {
    for (const object of group.values()) {
      if (!missing.has(object.id)) continue
      this.objects++
      this.bytes += object.bytes.length
      if (object.seq !== undefined) this.atoms++
      yield object
    }
  }
}
