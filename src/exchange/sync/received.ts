/** What receiving takes and gives. */
import type { Random, Reporter } from '../../base/ports.js'
import type { Digest, ObjectId } from '../../codec/object-id.js'
import type { KindName } from '../../history/verify/object-table.js'
import type { TrailIndex } from '../../index/trail-index.js'
import type { OpenedObject } from '../../object/open.js'
import type { Receipt } from '../../object/receipt.js'
import type { ObjectReader, RecordReader } from '../../store/types.js'
import type { GetOptions, RemoteObject } from '../remote.js'
import type { ArrivedAtoms } from './arrived-atoms.js'
import type { Staging } from './staging.js'

/** What gives objects, and how errors call it. */
export interface ObjectSource {
  readonly location: string
  get(ids: readonly ObjectId[], options: GetOptions): AsyncIterable<RemoteObject>
}

export interface ReceiveContext {
  readonly store: RecordReader
  readonly objects: ObjectReader
  readonly index: TrailIndex
  readonly staging: Staging
  readonly source: ObjectSource
  /** Tips that the store has. */
  readonly have: readonly ObjectId[]
  /** Tells whether what the operations of a store (32 hex digits) name is taken too, as far as it is there. */
  follow(store: string): boolean
  readonly random: Random
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

/** A ref of the source: what it points at MUST be one of these kinds, and pass `check`, which returns what is wrong. */
export interface Root {
  readonly ref: string
  readonly id: ObjectId
  readonly kinds: readonly KindName[]
  readonly check?: (object: OpenedObject) => string | undefined
}

export interface Received {
  readonly objects: number
  readonly bytes: number
  /** By the digest that each explains. */
  readonly receipts: ReadonlyMap<Digest, Receipt>
  /** What operations name and nothing that came before them owns. */
  readonly references: readonly ObjectId[]
  /** Every ATOM that was staged. */
  readonly atoms: ArrivedAtoms
}
