/**
 * Takes objects from a remote into a staging area: asks for what is wanted and not here, and for what that owns, until nothing is left to ask for.
 *
 * Guarantees: whatever is staged was named by something staged before it, has the digest of its name, is in its only form, and is of the kind that its link demands; at
 * the end all that it owns is staged or in the store, or a receipt or a prune says why not. Refuses everything else: `OBJECT_CORRUPT`, `LINK_MISSING`. The store is only read.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { OBJECT_MAX_BYTES } from '../../base/limits.js'
import { codecOf, digestOf, idOf, objectIdAt, writeIdBytes, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { Check } from '../../history/verify/check.js'
import { checkFiles, checkSplitTrees } from '../../history/verify/contents.js'
import { isFitting, type KindName, type WantedRole } from '../../history/verify/object-table.js'
import { startCheck } from '../../history/verify/verify.js'
import { opReferences, ownedLinks } from '../../object/links.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import type { Receipt } from '../../object/receipt.js'
import { isForgotten } from '../../refs/transaction.js'
import { getObjectKeyId } from '../../store/keys.js'
import { META } from '../../store/objects.js'
import type { RecordReader } from '../../store/types.js'
import { MISSING_MAX_IDS, type RemoteObject } from '../remote.js'
import { sentCorrupt } from '../remote-errors.js'
import { ArrivedAtoms } from './arrived-atoms.js'
import { findNamer } from './find-namer.js'
import { IdQueue } from './id-queue.js'
import { PlainLinks, type LinkListener } from './plain-links.js'
import type { Received, ReceiveContext, Root } from './received.js'

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

/** An object that is named in a role which it cannot have. Who names it is looked up for the error alone. */
class Misfit extends Error {
  readonly id: ObjectId
  readonly kind: KindName

  constructor(id: ObjectId, kind: KindName) {
    super(`${id} is a ${kind}`)
    this.id = id
    this.kind = kind
  }
}

const ERASABLE: readonly WantedRole[] = ['body', 'content', 'chunk']

/** What an operation only names may be gone, too. */
function canBeErased(role: WantedRole): boolean {
  return role === 'reference' || ERASABLE.includes(role)
}

const RAW = 0x55

class Intake implements Received, LinkListener {
  objects = 0
  bytes = 0
  readonly receipts = new Map<Digest, Receipt>()
  readonly references: ObjectId[] = []
  readonly atoms: ArrivedAtoms
  readonly #context: ReceiveContext
  /** Its table has what was named and what is here, each with its kind and the roles in which it is wanted. */
  readonly #check: Check
  readonly #roots = new Map<ObjectId, readonly Root[]>()
  readonly #waiting: IdQueue
  /** Asked for and not given. */
  readonly #absent: IdQueue
  readonly #plain = new PlainLinks()
  readonly #pruned = new Set<Digest>()
  readonly #files: ObjectId[] = []
  readonly #splitTrees: ObjectId[] = []
  readonly #idBytes = new Uint8Array(33)
  /** What is forgotten meanwhile is left out when it is taken into the store. */
  readonly #hasReceipts: boolean

  constructor(context: ReceiveContext) {
    this.#context = context
    this.#check = startCheck({ ...context, records: stagedOver(context) })
    this.#hasReceipts = context.store.getRecord(META.receipts) !== undefined
    this.atoms = new ArrivedAtoms(this.#check.hash, this.#check.table)
    const isMissing = (codec: number, bytes: Uint8Array, at: number): boolean => {
      this.#check.hash.id(codec, bytes, at)
      return this.#check.table.kindOf(this.#check.hash) === undefined
    }
    this.#waiting = new IdQueue(isMissing)
    this.#absent = new IdQueue(isMissing)
  }

  wantRoot(root: Root): void {
    const { id } = root
    this.#roots.set(id, [...this.#roots.get(id) ?? [], root])
    this.#want('unknown', id)
    const kind = this.#kindOf(id)
    const bytes = kind === undefined ? undefined : this.#context.staging.getObject(id) ?? this.#context.objects.getObject(id)
    if (bytes !== undefined) this.#checkRoot(root, openAny(bytes))
  }

  /** Asks until nothing waits. */
  async run(): Promise<void> {
    try {
      for (let asked = this.#waiting.take(MISSING_MAX_IDS); asked.length > 0; asked = this.#waiting.take(MISSING_MAX_IDS)) await this.#ask(asked)
    } catch (error) {
      throw error instanceof Misfit ? await this.#misfit(error) : error
    }
    for (const id of this.#absent) {
      this.#check.hash.hexId(id)
      if (this.#check.table.rolesOf(this.#check.hash).some((role) => !this.#isExplained(id, role))) throw await this.#missing(id)
    }
  }

  async #ask(ids: readonly ObjectId[]): Promise<void> {
    const { source, have, signal, reporter } = this.#context
    for await (const object of source.get(ids, { have, isHere: (id) => this.#isHere(id) })) {
      signal.throwIfAborted()
      const staged = this.#take(object)
      if (staged !== undefined) await staged
      reporter.progress('receiving objects', this.objects)
    }
    for (const id of ids) if (this.#kindOf(id) === undefined) this.#absent.pushId(id)
  }

  /** What shows only when objects are read together: contents above 1 MiB, split folders. */
  judgeWhole(): void {
    checkFiles(this.#check, this.#files)
    checkSplitTrees(this.#check, this.#splitTrees)
    const [finding] = this.#check.findings.list()
    if (finding !== undefined) throw this.#corrupt(finding.object ?? '', finding.message)
  }

  /** Wants what something owns, the 32 bytes of its digest at an offset; returns true where it is named for the first time and not here. */
  // eslint-disable-next-line max-params -- once for every link: no object per call
  link(role: WantedRole, codec: number, bytes: Uint8Array, at: number): boolean {
    const { hash, table } = this.#check
    hash.id(codec, bytes, at)
    const kind = table.kindOf(hash)
    const isNamed = kind !== undefined || table.isWanted(hash)
    table.want(hash, role)
    if (kind !== undefined && !table.isFitting(hash)) throw new Misfit(objectIdAt(bytes, at, codec === RAW ? 'raw' : 'dag-cbor'), kind)
    if (isNamed && kind === undefined && this.#isOnlyRefused(role, codec, bytes, at)) this.#waiting.push(codec, bytes, at)
    if (isNamed || (this.#context.staging.place === 'aside' && this.#isInStore(role, objectIdAt(bytes, at, codec === RAW ? 'raw' : 'dag-cbor')))) return false
    this.#waiting.push(codec, bytes, at)
    return true
  }

  #want(role: WantedRole, id: ObjectId): boolean {
    writeIdBytes(id, this.#idBytes, 0)
    return this.link(role, this.#idBytes[0] as number, this.#idBytes, 1)
  }

  /** Looks what was hashed last up in the store, once for each. An ATOM counts as here only when it is indexed: then all that it owns is here too. */
  #isInStore(role: WantedRole, id: ObjectId): boolean {
    const { hash, table } = this.#check
    const isAtom = role === 'parent' && this.#context.index.getSeq(digestOf(id)) !== undefined
    const bytes = isAtom ? undefined : this.#context.objects.getObject(id)
    const kind = isAtom ? 'atom' : bytes === undefined ? undefined : codecOf(id) === 'raw' ? 'raw' : openAny(bytes).kind
    if (kind === undefined) return canBeErased(role) && this.#isRefused(id)
    if (kind === 'atom' && !isAtom && this.#context.index.getSeq(digestOf(id)) === undefined) return false
    table.put(hash, kind)
    if (!table.isFitting(hash)) throw new Misfit(id, kind)
    return true
  }

  /** Tells whether the other side need not send an object. */
  #isHere(id: ObjectId): boolean {
    if (this.#kindOf(id) !== undefined) return true
    const { hash, table } = this.#check
    if (table.isWanted(hash) || this.#context.staging.place === 'in the store') return this.#isRefused(id)
    return this.#isInStore('reference', id)
  }

  #isRefused(id: ObjectId): boolean {
    return this.#hasReceipts && isForgotten(this.#context.store, id)
  }

  /** Tells whether a receipt stands for something that no receipt can stand for: a parent, a tree. It is asked for then, whatever was said of it before. */
  // eslint-disable-next-line max-params -- once for every link: no object per call
  #isOnlyRefused(role: WantedRole, codec: number, bytes: Uint8Array, at: number): boolean {
    return this.#hasReceipts && !canBeErased(role) && this.#isRefused(objectIdAt(bytes, at, codec === RAW ? 'raw' : 'dag-cbor'))
  }

  /** Returns what an object is that is staged, or in the store and named. */
  #kindOf(id: ObjectId): KindName | undefined {
    this.#check.hash.hexId(id)
    return this.#check.table.kindOf(this.#check.hash)
  }

  #take({ id, bytes }: RemoteObject): Promise<void> | undefined {
    const { hash, table } = this.#check
    if (this.#kindOf(id) !== undefined || !table.isWanted(hash)) return undefined
    this.#checkBytes(id, bytes)
    this.objects++
    this.bytes += bytes.length
    const plain = codecOf(id) === 'raw' ? 'raw' : this.#plain.read(bytes)
    const object = plain === undefined ? this.#open(id, bytes) : undefined
    const kind = plain ?? (object as OpenedObject).kind
    table.put(hash, kind)
    if (!table.isFitting(hash)) throw new Misfit(id, kind)
    for (const root of this.#roots.get(id) ?? []) this.#checkRoot(root, object ?? openAny(bytes))
    const staged = this.#context.staging.put({ id, bytes })
    if (plain === 'atom') this.atoms.add(id, this.#plain.parents(bytes))
    if (object !== undefined) this.#wantLinks(id, object)
    else if (plain !== undefined && plain !== 'raw') this.#plain.tell(plain, bytes, this)
    return staged
  }

  #checkBytes(id: ObjectId, bytes: Uint8Array): void {
    if (bytes.length > OBJECT_MAX_BYTES) throw this.#corrupt(digestOf(id), `it has more than ${String(OBJECT_MAX_BYTES)} bytes`)
    const actual = idOf(bytes, codecOf(id))
    if (actual !== id) throw this.#corrupt(digestOf(id), `the bytes have the digest ${digestOf(actual)}`)
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
    if (object.kind === 'atom') this.atoms.add(id, object.value.parents)
    if (object.kind === 'receipt') this.receipts.set(digestOf(object.value.object), object.value)
    if (object.kind === 'file') this.#files.push(id)
    if (object.kind === 'tree' && object.value.is === 'node') this.#splitTrees.push(id)
    if (object.kind === 'op' && object.value.pruned !== undefined) this.#pruned.add(object.value.pruned)
    for (const link of ownedLinks(object)) {
      // What was pruned is not asked for: the remote may still have it.
      if (link.role !== 'previous' || !this.#pruned.has(digestOf(link.id))) this.#want(link.role, link.id)
    }
    if (object.kind === 'op' && this.#context.follow(object.value.store)) for (const reference of opReferences(object)) if (this.#want('reference', reference)) this.references.push(reference)
  }

  #checkRoot({ ref, id, kinds, check }: Root, object: OpenedObject): void {
    if (!kinds.includes(object.kind)) throw this.#corrupt(digestOf(id), `${ref} names it as what it points at, and it is a ${object.kind}`)
    const problem = check?.(object)
    if (problem !== undefined) throw this.#corrupt(digestOf(id), problem)
  }

  #isExplained(id: ObjectId, role: WantedRole): boolean {
    if (role === 'reference') return true
    if (role === 'previous') return this.#pruned.has(digestOf(id))
    return canBeErased(role) && this.receipts.get(digestOf(id))?.object === id
  }

  #corrupt(id: string, reason: string, cause?: unknown): AtomError {
    return sentCorrupt(this.#context.source.location, { id, reason, cause })
  }

  async #misfit({ id, kind }: Misfit): Promise<AtomError> {
    const named = await findNamer(this.#context.staging.objects(), id, (role) => !isFitting(role, kind))
    return this.#corrupt(digestOf(id), `${named?.from ?? 'something'} names it as its ${named?.role ?? 'own'}, and it is a ${kind}`)
  }

  async #missing(id: ObjectId): Promise<AtomError<'LINK_MISSING'>> {
    const [root] = this.#roots.get(id) ?? []
    const { from, role } = root === undefined ? await findNamer(this.#context.staging.objects(), id, (as) => !this.#isExplained(id, as)) ?? { from: 'something', role: 'unknown' } : { from: root.ref, role: 'unknown' }
    const { location } = this.#context.source
    return new AtomError('LINK_MISSING', `${location} is not whole, and nothing of it was taken: ${from} needs ${digestOf(id)} as its ${role === 'unknown' ? 'target' : role}, and it is not there`, {
      data: { from, id: digestOf(id), role }, hint: 'push to it from a whole copy: atom push --all --tags --refill; or fetch from another one',
    })
  }
}

/** What was staged, over the store. */
function stagedOver({ staging, store }: ReceiveContext): RecordReader {
  return {
    getRecord(key) {
      const id = getObjectKeyId(key)
      return (id === undefined ? undefined : staging.getObject(id)) ?? store.getRecord(key)
    },
    scan: (range, options) => store.scan(range, options),
  }
}
