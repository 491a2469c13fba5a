/**
 * Second pass: every object in the order of its id. Rehashes every byte, decodes strictly, judges by the rules of its kind, notes what it
 * links to, and compares each ATOM's header with its node.
 */
import { toHex, utf8 } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { isSha256, sha256Hex } from '../../codec/hash.js'
import { digestOf, idFromBytes, type Digest, type ObjectId } from '../../codec/object-id.js'
import { OBJECT_MAX_BYTES } from '../../base/limits.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { ownedLinks, opReferences } from '../../object/links.js'
import type { Receipt } from '../../object/receipt.js'
import { rangeOf } from '../../store/keys.js'
import { Atoms, sumOf, type AtomContext, type ObjectContext } from './atoms.js'
import type { Check } from './check.js'
import { CompactTrees } from './compact-trees.js'
import type { SetSum } from './keyed-hash.js'
import type { SumList } from './nodes.js'
import { PlainAtom, PlainBody, PlainTree } from './plain-objects.js'
import { movedMark, titleMark } from './titles.js'
import { createSeqJoin } from './seq-join.js'

export interface ObjectPass {
  readonly objects: number
  readonly bytes: number
  readonly atoms: number
  readonly receipts: ReadonlyMap<ObjectId, Receipt>
  /** Digests that ops say were the last dropped. */
  readonly pruned: ReadonlySet<Digest>
  /** Contents above 1 MiB, and folders that are split: judged later, whole. */
  readonly files: readonly ObjectId[]
  readonly splitTrees: readonly ObjectId[]
  /** The keyed hash of each ATOM's tree, by sequence number. */
  readonly trees: SumList
  readonly compact: CompactTrees
  /** The `influence` records that must be there. */
  readonly influences: SetSum
  readonly foreignOps: number
  /** Numbers of ATOMs that may take others back: reverts, refutations, SAGE conclusions. */
  readonly takers: readonly number[]
}

/** Without a context only the objects are judged, not what the index says of them. */
export async function checkObjects(check: Check, context: ObjectContext | undefined): Promise<ObjectPass> {
  const join = context === undefined ? undefined : createSeqJoin(check)
  const pass = new Objects(check, context === undefined || join === undefined ? undefined : { ...context, join })
  for await (const list of check.records.scan(rangeOf('object'))) {
    for (const [key, bytes] of list) {
      const behind = key[1] === 0x71 ? join?.seek(key) : undefined
      if (behind !== undefined) await behind
      pass.take(key, bytes)
    }
    check.reporter.progress('verify', pass.objects)
  }
  await join?.finish()
  return pass
}

const KEY_BYTES = 34
const MAP_OF_3 = 0xa3
const MAP_OF_10 = 0xaa

class Objects implements ObjectPass {
  objects = 0
  bytes = 0
  foreignOps = 0
  readonly receipts = new Map<ObjectId, Receipt>()
  readonly pruned = new Set<Digest>()
  readonly files: ObjectId[] = []
  readonly splitTrees: ObjectId[] = []
  readonly compact: CompactTrees
  readonly #check: Check
  readonly #context: AtomContext | undefined
  readonly #atoms: Atoms
  readonly #plainAtom = new PlainAtom()
  readonly #plainBody = new PlainBody()
  readonly #plainTree = new PlainTree()

  constructor(check: Check, context: AtomContext | undefined) {
    this.#check = check
    this.#context = context
    this.compact = new CompactTrees(check.hash)
    this.#atoms = new Atoms(check, context)
  }

  get atoms(): number {
    return this.#atoms.count
  }

  get trees(): SumList {
    return this.#atoms.trees
  }

  get influences(): SetSum {
    return this.#atoms.influences
  }

  get takers(): readonly number[] {
    return this.#atoms.takers
  }

  take(key: Uint8Array, bytes: Uint8Array): void {
    const { findings, hash, table } = this.#check
    if (key.length !== KEY_BYTES || (key[1] !== 0x71 && key[1] !== 0x55)) {
      findings.error('object-key', `a record among the objects has the key ${toHex(key.subarray(0, 40))}, which is no id`)
      return
    }
    this.objects++
    this.bytes += bytes.length
    hash.id(key[1], key, 2)
    if (!isSha256(bytes, key, 2)) {
      const expected = toHex(key, 2)
      findings.error('object-corrupt', `the bytes of ${expected} have the digest ${sha256Hex(bytes)}`, { object: expected, atomId: claimedAtomId(bytes) })
      this.#damaged(key)
      return
    }
    if (key[1] === 0x55) {
      if (bytes.length > OBJECT_MAX_BYTES) findings.error('object-invalid', `the content ${toHex(key, 2)} has ${String(bytes.length)} bytes, and no object is larger than ${String(OBJECT_MAX_BYTES)}`, { object: toHex(key, 2) })
      table.put(hash, 'raw')
      return
    }
    if (bytes.length > OBJECT_MAX_BYTES || !this.#takePlain(key, bytes)) this.#open(key, idFromBytes(key.subarray(1)), bytes)
  }

  /** Takes what has one of the plain forms. Returns false, and has done nothing, where it has none. */
  #takePlain(key: Uint8Array, bytes: Uint8Array): boolean {
    const { hash, table } = this.#check
    if (bytes[0] === MAP_OF_3 && this.#plainTree.scan(bytes)) {
      table.put(hash, 'tree')
      this.#takePlainTree(bytes)
    } else if (bytes[0] === MAP_OF_10 && this.#plainAtom.scan(bytes)) {
      table.put(hash, 'atom')
      this.#atoms.takePlain(key, bytes, this.#plainAtom)
    } else if (this.#plainBody.scan(bytes)) {
      table.put(hash, 'body')
      if (this.#context === undefined) return true
      const body = sumOf(hash)
      this.#atoms.agree(body, titleMark(this.#check, bytes, this.#plainBody.title, this.#plainBody.titleEnd), () => ({ object: toHex(key, 2) }))
    } else return false
    return true
  }

  #takePlainTree(bytes: Uint8Array): void {
    const { hash, table } = this.#check
    const tree = this.#plainTree
    const isHeld = this.#context !== undefined && this.compact.begin({ lo: hash.lo, hi: hash.hi }, tree.count)
    for (let index = 0; index < tree.count; index++) {
      const codec = tree.codecs[index] as number
      const name = isHeld ? this.compact.nameNumber(bytes, tree.nameAt(index), tree.nameEnd(index)) : 0
      hash.id(codec === 0 ? 0x71 : codec, bytes, tree.links[index] as number)
      table.want(hash, codec === 0 ? 'tree' : 'content')
      if (isHeld) this.compact.add(name, tree.kind(index), hash)
    }
  }

  #open(key: Uint8Array, id: ObjectId, bytes: Uint8Array): void {
    const { findings, hash, table } = this.#check
    let object: OpenedObject
    try {
      object = openAny(bytes)
    } catch (error) {
      if (!isAtomError(error)) throw error
      findings.error(error.code === 'CBOR_INVALID' ? 'object-not-canonical' : 'object-invalid', `the object ${digestOf(id)} is refused: ${error.message}`, { object: digestOf(id) })
      this.#damaged(key)
      return
    }
    table.put(hash, object.kind)
    if (object.kind === 'body' && this.#context !== undefined) {
      const body = sumOf(hash)
      const title = object.value.large?.['title'] === undefined ? utf8(object.value.title) : undefined
      this.#atoms.agree(body, title === undefined ? movedMark(this.#check) : titleMark(this.#check, title, 0, title.length), () => ({ object: digestOf(id) }))
    }
    if (object.kind === 'atom') this.#atoms.take(id, object.value)
    else this.#other(id, object)
  }

  /** An object whose bytes say nothing: what stands in the index for it is not judged. */
  #damaged(key: Uint8Array): void {
    const { hash, table } = this.#check
    hash.id(key[1] as number, key, 2)
    table.put(hash, 'damaged')
    const join = key[1] === 0x71 ? this.#context?.join : undefined
    const [seq] = join?.open ?? []
    if (seq !== undefined) join?.take(seq)
  }

  #other(id: ObjectId, object: Exclude<OpenedObject, { kind: 'atom' }>): void {
    const { hash, table, findings } = this.#check
    for (const { role, id: linked } of ownedLinks(object)) {
      hash.hexId(linked)
      table.want(hash, role)
    }
    if (object.kind === 'op') {
      const isOwn = object.value.store === this.#context?.store
      for (const reference of opReferences(object)) {
        hash.hexId(reference)
        table.want(hash, isOwn ? 'logged' : 'reference')
      }
      if (object.value.pruned !== undefined) this.pruned.add(object.value.pruned)
      if (isOwn) this.#context.log.add(id, object.value)
      else this.foreignOps++
    } else if (object.kind === 'receipt') this.receipts.set(id, object.value)
    else if (object.kind === 'file') this.files.push(id)
    else if (object.kind === 'tree' && object.value.is === 'node') this.splitTrees.push(id)
    else if (object.kind === 'unknown') findings.info('kind-unknown', `the object ${digestOf(id)} is a ${object.name} of version ${String(object.version)}: kept and not judged`, { object: digestOf(id) })
  }
}

/** Returns the atom id in bytes that are not what their key says, to help a person find what was altered. */
function claimedAtomId(bytes: Uint8Array): string | undefined {
  try {
    const object = openAny(bytes)
    return object.kind === 'atom' ? object.value.atomId : undefined
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
