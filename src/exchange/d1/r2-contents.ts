/** Contents in R2: raw objects that are too large for rows that are read and written by the thousand. Each is an R2 object under its id, and a row that says so. */
import { lookAhead } from '../../base/look-ahead.js'
import { codecOf, type ObjectId } from '../../codec/object-id.js'
import type { RemoteObject } from '../remote.js'
import type { D1Query } from './d1-query.js'
import { idAt } from './rows.js'

/** What `env.CONTENTS` offers: a part of Cloudflare's `R2Bucket`. */
export interface R2Binding {
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>
  put(key: string, value: Uint8Array): Promise<unknown>
  delete(keys: string[]): Promise<void>
}

/** Above it a content goes to R2: base64 in a row costs a third more, and an answer of D1 holds 4 MiB. */
export const R2_FROM_BYTES = 65_536
/** A Worker has six connections. */
const AT_ONCE = 4

const HELD = 'SELECT id FROM atom_contents WHERE id IN (SELECT value FROM json_each(?1))'
const HOLD = 'INSERT INTO atom_contents (id, size) SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true ON CONFLICT (id) DO NOTHING'
const DROP = 'DELETE FROM atom_contents WHERE id IN (SELECT value FROM json_each(?1))'

export class R2Contents {
  readonly #query: D1Query
  readonly #bucket: R2Binding

  constructor(query: D1Query, bucket: R2Binding) {
    this.#query = query
    this.#bucket = bucket
  }

  takes({ id, bytes }: RemoteObject): boolean {
    return codecOf(id) === 'raw' && bytes.length > R2_FROM_BYTES
  }

  /** First the bytes, then the row: a row never names what is not there. Without one, the bytes are written again by the next push. */
  async keep({ id, bytes }: RemoteObject): Promise<void> {
    await this.#bucket.put(id, bytes)
    await this.#query.run([{ sql: HOLD, params: [JSON.stringify([[id, bytes.length]])] }])
  }

  /** Returns which of the objects are here. */
  async held(ids: readonly ObjectId[]): Promise<ReadonlySet<ObjectId>> {
    const raw = ids.filter((id) => codecOf(id) === 'raw')
    if (raw.length === 0) return new Set()
    const [rows = []] = await this.#query.run([{ sql: HELD, params: [JSON.stringify(raw)] }])
    return new Set(rows.map((row) => idAt(this.#query, row, 'id')))
  }

  async* read(ids: readonly ObjectId[]): AsyncIterable<RemoteObject> {
    const found = lookAhead(each(await this.held(ids)), AT_ONCE, async (id) => ({ id, object: await (await this.#bucket.get(id))?.arrayBuffer() }))
    for await (const { id, object } of found) if (object !== undefined) yield { id, bytes: new Uint8Array(object) }
  }

  /** First the row, so that nobody is sent to bytes that are gone. */
  async drop(ids: readonly ObjectId[]): Promise<void> {
    const raw = ids.filter((id) => codecOf(id) === 'raw')
    if (raw.length === 0) return
    await this.#query.run([{ sql: DROP, params: [JSON.stringify(raw)] }])
    // Also those without a row: what a push that was cut off left.
    await this.#bucket.delete(raw)
  }
}

async function* each<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  yield* items
}
