/**
 * Takes objects from a remote into a staging area: asks for what is wanted and not here, and for what that owns, until nothing is left to ask for.
 *
 * Guarantees: whatever is staged was named by something staged before it, has the digest of its name, is in its only form, and is of the kind that its link demands; at
 * the end all that it owns is staged or in the store, or a receipt or a prune says why not. Refuses everything else: `OBJECT_CORRUPT`, `LINK_MISSING`. The store is only read.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { createBoundedCache } from '../../base/bounded-cache.js'
import { OBJECT_MAX_BYTES } from '../../base/limits.js'
import type { Random, Reporter } from '../../base/ports.js'
import { codecOf, digestOf, idOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { checkFiles, checkSplitTrees } from '../../history/verify/contents.js'
import { isFitting, type KindName, type WantedRole } from '../../history/verify/object-table.js'
import { startCheck } from '../../history/verify/verify.js'
import type { TrailIndex } from '../../index/trail-index.js'
import { opReferences, ownedLinks } from '../../object/links.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import type { Receipt } from '../../object/receipt.js'
import { isForgotten } from '../../refs/transaction.js'
import { getObjectKeyId } from '../../store/keys.js'
import { META } from '../../store/objects.js'
import type { ObjectReader, RecordReader } from '../../store/types.js'
import { MISSING_MAX_IDS, type GetOptions, type RemoteObject } from '../remote.js'
import { sentCorrupt } from '../remote-errors.js'
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
  /** `follow`: what operations name is taken too, as far as it is there. */
  readonly references: 'follow' | 'leave'
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
}

/** Stages the roots and everything they own, one group after the other: receipts first, since they explain what is absent; operations last, since they only name. */
export async function receive(context: ReceiveContext, groups: readonly (readonly Root[])[]): Promise<Received> {
  const intake = new Intake(context)
  for (const roots of groups) {
    for (const root of roots) intake.wantRoot(root)
    await intake.run()
  }
  intake.judgeWhole()
  return intake
}

interface Wanted {
  readonly role: WantedRole
  /** Who names it, for errors. */
  readonly from: string
  readonly root?: Root
}

const KINDS_REMEMBERED = 200_000
const ERASABLE: readonly WantedRole[] = ['body', 'content', 'chunk']

class Intake implements Received {
  objects = 0
  bytes = 0
  readonly receipts = new Map<Digest, Receipt>()
  readonly references: ObjectId[] = []
  readonly #context: ReceiveContext
  /** By whom, each in another role. */
  readonly #wanted = new Map<ObjectId, readonly Wanted[]>()
  /** Asked for and not given. */
  readonly #absent = new Map<ObjectId, readonly Wanted[]>()
  readonly #pruned = new Set<Digest>()
  readonly #kinds = createBoundedCache<ObjectId, KindName>({ limit: KINDS_REMEMBERED })
  readonly #files: ObjectId[] = []
  readonly #splitTrees: ObjectId[] = []

  /** What is forgotten meanwhile is left out when it is taken into the store. */
  readonly #hasReceipts: boolean

  constructor(context: ReceiveContext) {
    this.#context = context
    this.#hasReceipts = context.store.getRecord(META.receipts) !== undefined
  }

  wantRoot(root: Root): void {
    this.#want(root.id, { role: 'unknown', from: root.ref, root })
  }

  async run(): Promise<void> {
    const { source, have, signal, reporter } = this.#context
    while (this.#wanted.size > 0) {
      const asked = [...this.#wanted.keys()].slice(0, MISSING_MAX_IDS)
      for await (const object of source.get(asked, { have, isHere: (id) => this.#isHere(id) })) {
        signal.throwIfAborted()
        const staged = this.#take(object)
        if (staged !== undefined) await staged
        reporter.progress('receiving objects', this.objects)
      }
      for (const id of asked) this.#setAside(id)
    }
    for (const [id, wishes] of this.#absent) {
      const unexplained = wishes.find((wanted) => !this.#isExplained(id, wanted))
      if (unexplained !== undefined) throw this.#missing(id, unexplained)
    }
  }

  /** What shows only when objects are read together: contents above 1 MiB, split folders. */
  judgeWhole(): void {
    const { store, random, reporter, signal } = this.#context
    if (this.#files.length === 0 && this.#splitTrees.length === 0) return
    const records: RecordReader = {
      getRecord: (key) => {
        const id = getObjectKeyId(key)
        return (id === undefined ? undefined : this.#context.staging.getObject(id)) ?? store.getRecord(key)
      },
      scan: (range, options) => store.scan(range, options),
    }
    const check = startCheck({ records, random, reporter, signal })
    checkFiles(check, this.#files)
    checkSplitTrees(check, this.#splitTrees)
    const [finding] = check.findings.list()
    if (finding !== undefined) throw this.#corrupt(finding.object ?? '', finding.message)
  }

  #setAside(id: ObjectId): void {
    const wanted = this.#wanted.get(id)
    if (wanted === undefined) return
    this.#wanted.delete(id)
    this.#absent.set(id, wanted)
  }

  /** An ATOM counts as here only when it is indexed: then all that it owns is here too. */
  #isHere(id: ObjectId): boolean {
    return this.#context.staging.getObject(id) !== undefined || (this.#context.objects.getObject(id) !== undefined && !this.#isLoose(id)) || this.#isRefused(id)
  }

  /** Tells whether something in the store is an ATOM that no ref ever led to: what it owns may not be there. */
  #isLoose(id: ObjectId): boolean {
    return codecOf(id) === 'dag-cbor' && this.#kindOf(id) === 'atom' && this.#context.index.getSeq(digestOf(id)) === undefined
  }

  #isRefused(id: ObjectId): boolean {
    return this.#hasReceipts && isForgotten(this.#context.store, id)
  }

  /** Tells whether a receipt stands for something that no receipt can stand for: a parent, a tree. */
  #isOnlyRefused(id: ObjectId, { role }: Wanted): boolean {
    if (!this.#hasReceipts || role === 'reference' || ERASABLE.includes(role)) return false
    return this.#context.staging.getObject(id) === undefined && this.#context.objects.getObject(id) === undefined
  }

  #kindOf(id: ObjectId): KindName | undefined {
    if (codecOf(id) === 'raw') return 'raw'
    const known = this.#kinds.peek(id)
    if (known !== undefined) return known
    const bytes = this.#context.staging.getObject(id) ?? this.#context.objects.getObject(id)
    const kind = bytes === undefined ? undefined : openAny(bytes).kind
    if (kind !== undefined) this.#kinds.set(id, kind)
    return kind
  }

  #want(id: ObjectId, wanted: Wanted): void {
    if (wanted.role === 'parent' && this.#kinds.peek(id) === undefined && this.#context.index.getSeq(digestOf(id)) !== undefined) return
    if (!this.#isHere(id) || this.#isOnlyRefused(id, wanted)) {
      const place = this.#absent.has(id) ? this.#absent : this.#wanted
      const others = place.get(id) ?? []
      if (wanted.root !== undefined || !others.some(({ role, root }) => role === wanted.role && root === undefined)) place.set(id, [...others, wanted])
      return
    }
    const kind = this.#kindOf(id)
    if (kind !== undefined) this.#checkKind(id, kind, wanted)
    const bytes = wanted.root === undefined || kind === undefined ? undefined : this.#context.staging.getObject(id) ?? this.#context.objects.getObject(id)
    if (bytes !== undefined) this.#checkRoot(id, openAny(bytes), wanted)
  }

  #take({ id, bytes }: RemoteObject): Promise<void> | undefined {
    const wishes = this.#wanted.get(id)
    if (wishes === undefined) return undefined
    if (bytes.length > OBJECT_MAX_BYTES) throw this.#corrupt(digestOf(id), `it has more than ${String(OBJECT_MAX_BYTES)} bytes`)
    const actual = idOf(bytes, codecOf(id))
    if (actual !== id) throw this.#corrupt(digestOf(id), `the bytes have the digest ${digestOf(actual)}`)
    this.#wanted.delete(id)
    this.objects++
    this.bytes += bytes.length
    const object = codecOf(id) === 'raw' ? undefined : this.#open(id, bytes)
    const kind = object?.kind ?? 'raw'
    for (const wanted of wishes) {
      this.#checkKind(id, kind, wanted)
      if (object !== undefined) this.#checkRoot(id, object, wanted)
    }
    this.#kinds.set(id, kind)
    const staged = this.#context.staging.put({ id, bytes })
    if (object !== undefined) this.#wantLinks(id, object)
    return staged
  }

  #open(id: ObjectId, bytes: Uint8Array): OpenedObject {
    try {
      return openAny(bytes)
    } catch (error) {
      if (isAtomError(error)) throw this.#corrupt(digestOf(id), error.message, error)
      throw error
    }
  }

  #wantLinks(id: ObjectId, object: OpenedObject): void {
    const from = object.kind === 'atom' ? object.value.atomId : `the ${object.kind} ${digestOf(id)}`
    if (object.kind === 'receipt') this.receipts.set(digestOf(object.value.object), object.value)
    if (object.kind === 'file') this.#files.push(id)
    if (object.kind === 'tree' && object.value.is === 'node') this.#splitTrees.push(id)
    if (object.kind === 'op' && object.value.pruned !== undefined) this.#pruned.add(object.value.pruned)
    for (const link of ownedLinks(object)) this.#want(link.id, { role: link.role, from })
    if (this.#context.references === 'follow') for (const reference of opReferences(object)) this.#wantReference(reference, from)
  }

  #wantReference(id: ObjectId, from: string): void {
    if (this.#isHere(id)) return
    this.references.push(id)
    this.#want(id, { role: 'reference', from })
  }

  #checkKind(id: ObjectId, kind: KindName, { role, from, root }: Wanted): void {
    const fits = root === undefined ? isFitting(role, kind) : root.kinds.includes(kind)
    if (!fits) throw this.#corrupt(digestOf(id), `${from} names it as ${root === undefined ? `its ${role}` : 'what it points at'}, and it is a ${kind}`)
  }

  #checkRoot(id: ObjectId, object: OpenedObject, { root }: Wanted): void {
    const problem = root?.check?.(object)
    if (problem !== undefined) throw this.#corrupt(digestOf(id), problem)
  }

  #isExplained(id: ObjectId, { role }: Wanted): boolean {
    if (role === 'reference') return true
    if (role === 'previous') return this.#pruned.has(digestOf(id))
    const receipt = this.receipts.get(digestOf(id))
    return receipt?.object === id && ERASABLE.includes(role)
  }

  #corrupt(id: string, reason: string, cause?: unknown): AtomError {
    return sentCorrupt(this.#context.source.location, { id, reason, cause })
  }

  #missing(id: ObjectId, { role, from }: Wanted): AtomError<'LINK_MISSING'> {
    const { location } = this.#context.source
    return new AtomError('LINK_MISSING', `${location} is not whole, and nothing of it was taken: ${from} needs ${digestOf(id)} as its ${role === 'unknown' ? 'target' : role}, and it is not there`, {
      data: { from, id: digestOf(id), role }, hint: 'push to it again from a whole copy, or fetch from another one',
    })
  }
}
