/**
 * Second pass: every object in the order of its id. Rehashes every byte, decodes strictly, judges by the rules of its kind, notes what it
 * links to, and compares each ATOM's header with its node.
 */
import { toDisplayText, toHex, utf8 } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { sha256Hex } from '../../codec/hash.js'
import { digestOf, idFromBytes, type Digest, type ObjectId } from '../../codec/object-id.js'
import { OBJECT_MAX_BYTES } from '../../base/limits.js'
import type { AtomHeader } from '../../object/atom.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { ownedLinks, opReferences } from '../../object/links.js'
import type { Receipt } from '../../object/receipt.js'
import { rangeOf } from '../../store/keys.js'
import type { Check } from './check.js'
import { CompactTrees } from './compact-trees.js'
import type { DayCounts } from './day-counts.js'
import { mixInfluence } from './index-records.js'
import { SetSum } from './keyed-hash.js'
import { SumList, type NodePass } from './nodes.js'
import type { NumberList } from './number-list.js'
import type { OpLog } from './op-log.js'
import { mayTakeBack } from './refutations.js'
import { PlainAtom, PlainBody, PlainTree } from './plain-objects.js'
import { movedMark, titleMark } from './titles.js'
import { createSeqJoin, type SeqJoin } from './seq-join.js'

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

export interface ObjectContext {
  readonly nodes: NodePass
  readonly log: OpLog
  readonly days: DayCounts
  /** What stands for the title in the index, by sequence number. */
  readonly titles: NumberList
  /** Hex of this store's id. */
  readonly store: string
}

/** Without a context only the objects are judged, not what the index says of them. */
export async function checkObjects(check: Check, context: ObjectContext | undefined): Promise<ObjectPass> {
  const join = context === undefined ? undefined : createSeqJoin(check)
  const pass = new Objects(check, context, join)
  for await (const list of check.records.scan(rangeOf('object'))) {
    for (const [key, bytes] of list) {
      if (join !== undefined && key[1] === 0x71) {
        const behind = join.seek(key)
        if (behind !== undefined) await behind
      }
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

/** Tells whether a digest as hex is the one in an object's key, without making another text. */
function isHexOf(hex: string, key: Uint8Array): boolean {
  for (let index = 0; index < 32; index++) {
    const byte = key[index + 2] as number
    if (hex.charCodeAt(index * 2) !== hexDigit(byte >> 4) || hex.charCodeAt(index * 2 + 1) !== hexDigit(byte & 15)) return false
  }
  return true
}

function hexDigit(nibble: number): number {
  return nibble < 10 ? nibble + 48 : nibble + 87
}

class Objects implements ObjectPass {
  objects = 0
  bytes = 0
  atoms = 0
  foreignOps = 0
  readonly receipts = new Map<ObjectId, Receipt>()
  readonly pruned = new Set<Digest>()
  readonly files: ObjectId[] = []
  readonly splitTrees: ObjectId[] = []
  readonly trees = new SumList()
  readonly compact = new CompactTrees()
  readonly influences = new SetSum()
  readonly takers: number[] = []
  readonly #check: Check
  readonly #context: ObjectContext | undefined
  readonly #join: SeqJoin | undefined
  readonly #plainAtom = new PlainAtom()
  readonly #plainBody = new PlainBody()
  readonly #plainTree = new PlainTree()

  constructor(check: Check, context: ObjectContext | undefined, join: SeqJoin | undefined) {
    this.#check = check
    this.#context = context
    this.#join = join
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
    const digest = sha256Hex(bytes)
    if (!isHexOf(digest, key)) {
      const expected = toHex(key.subarray(2))
      findings.error('object-corrupt', `the bytes of ${expected} have the digest ${digest}`, { object: expected, atomId: claimedAtomId(bytes) })
      this.#damaged(key)
      return
    }
    if (key[1] === 0x55) {
      if (bytes.length > OBJECT_MAX_BYTES) findings.error('object-invalid', `the content ${digest} has ${String(bytes.length)} bytes, and no object is larger than ${String(OBJECT_MAX_BYTES)}`, { object: digest })
      table.put(hash, 'raw')
      return
    }
    if (bytes.length > OBJECT_MAX_BYTES || !this.#takePlain(digest, bytes)) this.#open(key, idFromBytes(key.subarray(1)), bytes)
  }

  /** Takes what has one of the plain forms. Returns false, and has done nothing, where it has none. */
  #takePlain(digest: string, bytes: Uint8Array): boolean {
    const { hash, table } = this.#check
    switch (bytes[0]) {
      case MAP_OF_3: {
        if (!this.#plainTree.scan(bytes)) break
        table.put(hash, 'tree')
        this.#takePlainTree(bytes)
        return true
      }
      case MAP_OF_10: {
        if (!this.#plainAtom.scan(bytes)) break
        table.put(hash, 'atom')
        this.#takePlainAtom(digest, bytes)
        return true
      }
    }
    if (!this.#plainBody.scan(bytes)) return false
    table.put(hash, 'body')
    if (this.#context !== undefined) {
      const place = { lo: hash.lo, hi: hash.hi }
      this.#agree(place, titleMark(this.#check, bytes, this.#plainBody.title, this.#plainBody.titleEnd), { object: digest })
    }
    return true
  }

  #takePlainTree(bytes: Uint8Array): void {
    const { hash, table } = this.#check
    const tree = this.#plainTree
    const isHeld = this.#context !== undefined && this.compact.begin({ lo: hash.lo, hi: hash.hi }, tree.count)
    for (let index = 0; index < tree.count; index++) {
      const codec = tree.codecs[index] as number
      hash.id(codec === 0 ? 0x71 : codec, bytes, tree.links[index] as number)
      table.want(hash, codec === 0 ? 'tree' : 'content')
      if (isHeld) this.compact.add(tree.name(index), tree.kind(index), hash)
    }
  }

  /** Holds the title of a body against what the index has for its ATOMs. */
  #agree(body: { readonly lo: number; readonly hi: number }, mark: number, names: { readonly object: string; readonly atomId?: string }): void {
    if (!this.#check.table.agree(body, mark)) this.#check.findings.error('index-title', `the index has another title than the body of ${names.atomId ?? 'its ATOM'}`, names)
  }

  #takePlainAtom(digest: string, bytes: Uint8Array): void {
    const { hash, table } = this.#check
    const atom = this.#plainAtom
    const { lo, hi } = hash
    let parentLo = 0
    let parentHi = 0
    this.atoms++
    if (atom.parent >= 0) {
      hash.id(0x71, bytes, atom.parent)
      table.want(hash, 'parent')
      parentLo = hash.lo
      parentHi = hash.hi
    }
    hash.id(0x71, bytes, atom.body)
    table.want(hash, 'body')
    const body = { lo: hash.lo, hi: hash.hi }
    hash.id(0x71, bytes, atom.tree)
    table.want(hash, 'tree')
    const tree = { lo: hash.lo, hi: hash.hi }
    this.#context?.days.add(atom.atomId)
    hash.start()
    hash.word(lo)
    hash.word(hi)
    if (atom.parent >= 0) {
      hash.word(parentLo)
      hash.word(parentHi)
    }
    hash.word(atom.parent >= 0 ? 1 : 0)
    hash.wide(atom.timeMs)
    hash.bytes(bytes, atom.atomIdAt, atom.atomIdEnd)
    hash.bytes(bytes, atom.operation, atom.operationEnd)
    hash.bytes(bytes, atom.agent, atom.agentEnd)
    hash.end()
    const seq = this.#context === undefined || this.#join === undefined ? undefined : this.#findSeq({ digest, atomId: atom.atomId }, this.#context, this.#join)
    if (seq !== undefined) this.trees.set(seq, tree)
    if (seq !== undefined && this.#context !== undefined) this.#agree(body, this.#context.titles.get(seq), { object: digest, atomId: atom.atomId })
    for (const influence of atom.influences) {
      hash.id(0x71, bytes, influence)
      table.want(hash, 'influence')
      if (seq === undefined) continue
      mixInfluence(this.#check, toHex(bytes.subarray(influence, influence + 8)), seq)
      this.influences.add(hash)
    }
    if (seq !== undefined && atom.influences.length > 0 && mayTakeBack(atom.atomId, toDisplayText(bytes.subarray(atom.operation, atom.operationEnd)))) this.takers.push(seq)
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
      const place = { lo: hash.lo, hi: hash.hi }
      const title = object.value.large?.['title'] === undefined ? utf8(object.value.title) : undefined
      this.#agree(place, title === undefined ? movedMark(this.#check) : titleMark(this.#check, title, 0, title.length), { object: digestOf(id) })
    }
    if (object.kind === 'atom') this.#atom(id, object.value)
    else this.#other(id, object)
  }

  /** An object whose bytes say nothing: what stands in the index for it is not judged. */
  #damaged(key: Uint8Array): void {
    const { hash, table } = this.#check
    hash.id(key[1] as number, key, 2)
    table.put(hash, 'damaged')
    const [seq] = key[1] === 0x71 ? this.#join?.open ?? [] : []
    if (seq !== undefined) this.#join?.take(seq)
  }

  #want(role: 'parent' | 'tree' | 'body', id: ObjectId): void {
    this.#check.hash.hexId(id)
    this.#check.table.want(this.#check.hash, role)
  }

  #atom(id: ObjectId, header: AtomHeader): void {
    const { hash } = this.#check
    this.atoms++
    const parents: number[] = []
    const own = { lo: hash.lo, hi: hash.hi }
    for (const parent of header.parents) {
      this.#want('parent', parent)
      parents.push(hash.lo, hash.hi)
    }
    this.#want('body', header.body)
    const body = { lo: hash.lo, hi: hash.hi }
    this.#want('tree', header.tree)
    const tree = { lo: hash.lo, hi: hash.hi }
    this.#context?.days.add(header.atomId)
    hash.start()
    hash.word(own.lo)
    hash.word(own.hi)
    for (const word of parents) hash.word(word)
    hash.word(header.parents.length)
    hash.wide(header.timeMs)
    hash.text(header.atomId)
    hash.text(header.operation)
    hash.text(header.agent)
    hash.end()
    const seq = this.#context === undefined || this.#join === undefined ? undefined : this.#findSeq({ digest: digestOf(id), atomId: header.atomId }, this.#context, this.#join)
    if (seq !== undefined) this.trees.set(seq, tree)
    if (seq !== undefined && this.#context !== undefined) this.#agree(body, this.#context.titles.get(seq), { object: digestOf(id), atomId: header.atomId })
    if (seq !== undefined && header.influencedBy.length > 0 && mayTakeBack(header.atomId, header.operation)) this.takers.push(seq)
    for (const influence of header.influencedBy) {
      hash.hexId(`71${influence.object}`)
      this.#check.table.want(hash, 'influence')
      if (seq === undefined) continue
      mixInfluence(this.#check, influence.object, seq)
      this.influences.add(hash)
    }
  }

  /** Returns the ATOM's number: the one under its digest whose node is what its header, last hashed, demands. */
  #findSeq(atom: { readonly digest: string; readonly atomId: string }, context: ObjectContext, join: SeqJoin): number | undefined {
    const { hash, findings } = this.#check
    const { sums } = context.nodes
    const { open } = join
    for (const seq of open) {
      if (sums.lo(seq) !== hash.lo || sums.hi(seq) !== hash.hi) continue
      join.take(seq)
      return seq
    }
    const [seq] = open
    const names = { object: atom.digest, atomId: atom.atomId }
    if (seq === undefined) {
      findings.error('index-seq', `the index gives no number to the ATOM ${atom.atomId}`, names)
      return undefined
    }
    join.take(seq)
    if (seq >= context.nodes.count) findings.error('index-seq', `the index gives the ATOM ${atom.atomId} number ${String(seq)}, and there are ${String(context.nodes.count)}`, names)
    else findings.error('index-node', `node ${String(seq)} of the index says other than the header of ${atom.atomId}`, names)
    return undefined
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
      if (isOwn) this.#context?.log.add(id, object.value)
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
