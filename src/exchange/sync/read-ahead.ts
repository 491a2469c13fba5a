/** Objects of many ATOMs, read in the order of their keys: one by one, each would be somewhere else in the database's files. */
import { objectIdAt, type ObjectId } from '../../codec/object-id.js'
import { readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { PlainLinks, type LinkListener } from './plain-links.js'

/** Of what is held at once. What is not read ahead is read when it is asked for. */
const HELD_MAX_BYTES = 8_388_608
/** What an entry of a map takes beside the object's bytes. */
const ENTRY_BYTES = 200

export class ReadAhead implements ObjectReader, LinkListener {
  readonly #objects: ObjectReader
  readonly #isKnown: (id: ObjectId) => boolean
  readonly #plain = new PlainLinks()
  #held = new Map<ObjectId, Uint8Array>()
  #heldBytes = 0
  #folders = new Set<ObjectId>()

  /** `isKnown`: tells which trees are remembered elsewhere. */
  constructor(objects: ObjectReader, isKnown: (id: ObjectId) => boolean) {
    this.#objects = objects
    this.#isKnown = isKnown
  }

  getObject(id: ObjectId): Uint8Array | undefined {
    return this.#held.get(id) ?? this.#objects.getObject(id)
  }

  /** Reads headers, bodies and trees, and lets go of those before. */
  read(ids: readonly ObjectId[]): void {
    this.#held = new Map()
    this.#heldBytes = 0
    this.#readSorted(ids)
    const headers = ids.map((id) => readObject(this, id, 'atom'))
    this.#readSorted(headers.map(({ body }) => body))
    for (let level: ReadonlySet<ObjectId> = new Set(headers.map(({ tree }) => tree)); level.size > 0; level = this.#folders) this.#readFolders(level)
  }

  /** A folder in a tree that was read. */
  // eslint-disable-next-line max-params -- once for every link: no object per call
  link(role: 'parent' | 'tree' | 'body' | 'content', _codec: number, bytes: Uint8Array, at: number): void {
    if (role === 'tree') this.#folders.add(objectIdAt(bytes, at, 'dag-cbor'))
  }

  /** Reads trees, and finds the folders in them. */
  #readFolders(ids: ReadonlySet<ObjectId>): void {
    this.#folders = new Set()
    const unknown = [...ids].filter((id) => !this.#held.has(id) && !this.#isKnown(id))
    this.#readSorted(unknown)
    for (const id of unknown) {
      const bytes = this.#held.get(id)
      if (bytes !== undefined && this.#plain.read(bytes) === 'tree') this.#plain.tell('tree', bytes, this)
    }
  }

  #readSorted(ids: readonly ObjectId[]): void {
    for (const id of [...ids].sort()) {
      if (this.#heldBytes > HELD_MAX_BYTES) return
      const bytes = this.#held.has(id) ? undefined : this.#objects.getObject(id)
      if (bytes === undefined) continue
      this.#held.set(id, bytes)
      this.#heldBytes += bytes.length + ENTRY_BYTES
    }
  }
}
