/** The headers of ATOMs among the objects: what they link to, and whether the index says the same of them. */
import { toDisplayText, toHex } from '../../base/bytes.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { Check } from './check.js'
import type { Sum } from './compact-trees.js'
import type { DayCounts } from './day-counts.js'
import { mixInfluence } from './index-records.js'
import { SetSum } from './keyed-hash.js'
import { SumList, type NodePass } from './nodes.js'
import type { NumberList } from './number-list.js'
import type { OpLog } from './op-log.js'
import type { PlainAtom } from './plain-objects.js'
import { mayTakeBack } from './refutations.js'
import type { SeqJoin } from './seq-join.js'

export interface ObjectContext {
  readonly nodes: NodePass
  readonly log: OpLog
  readonly days: DayCounts
  /** What stands for the title in the index, by sequence number. */
  readonly titles: NumberList
  /** Hex of this store's id. */
  readonly store: string
}

interface AtomNames { readonly object: string; readonly atomId: string }
interface OwnedSums { readonly body: Sum; readonly tree: Sum }
/** What an ATOM is held against: absent where only objects are judged. */
export interface AtomContext extends ObjectContext { readonly join: SeqJoin }

export class Atoms {
  count = 0
  readonly trees: SumList = new SumList()
  readonly influences: SetSum = new SetSum()
  readonly takers: number[] = []
  readonly #check: Check
  readonly #context: AtomContext | undefined

  constructor(check: Check, context: AtomContext | undefined) {
    this.#check = check
    this.#context = context
  }

  /** Takes a header that was read in passing. The hash MUST hold its own id. */
  takePlain(key: Uint8Array, bytes: Uint8Array, atom: PlainAtom): void {
    const { hash } = this.#check
    const own = sumOf(hash)
    const parent = atom.parent < 0 ? undefined : this.#wantAt('parent', bytes, atom.parent)
    const sums = { body: this.#wantAt('body', bytes, atom.body), tree: this.#wantAt('tree', bytes, atom.tree) }
    this.#begin(own, parent === undefined ? [] : [parent])
    hash.wide(atom.timeMs)
    hash.bytes(bytes, atom.atomIdAt, atom.atomIdEnd)
    hash.bytes(bytes, atom.operation, atom.operationEnd)
    hash.bytes(bytes, atom.agent, atom.agentEnd)
    hash.end()
    const seq = this.#place({ object: toHex(key, 2), atomId: atom.atomId }, sums)
    for (const influence of atom.influences) {
      this.#wantAt('influence', bytes, influence)
      if (seq !== undefined) this.#influenced(toHex(bytes, influence, influence + 8), seq)
    }
    if (seq !== undefined && atom.influences.length > 0) this.#maybeTaker(seq, atom.atomId, toDisplayText(bytes, atom.operation, atom.operationEnd))
  }

  /** Takes a header that the whole decoder read. The hash MUST hold its own id. */
  take(id: ObjectId, header: AtomHeader): void {
    const { hash } = this.#check
    const own = sumOf(hash)
    const parents = header.parents.map((parent) => this.#want('parent', parent))
    const sums = { body: this.#want('body', header.body), tree: this.#want('tree', header.tree) }
    this.#begin(own, parents)
    hash.wide(header.timeMs)
    hash.text(header.atomId)
    hash.text(header.operation)
    hash.text(header.agent)
    hash.end()
    const seq = this.#place({ object: digestOf(id), atomId: header.atomId }, sums)
    for (const { object } of header.influencedBy) {
      this.#want('influence', `71${object}` as ObjectId)
      if (seq !== undefined) this.#influenced(object, seq)
    }
    if (seq !== undefined && header.influencedBy.length > 0) this.#maybeTaker(seq, header.atomId, header.operation)
  }

  /** Holds the title of a body against what the index has for its ATOMs, whichever comes first. */
  agree(body: Sum, mark: number, nameIt: () => { readonly object: string; readonly atomId?: string }): void {
    if (this.#check.table.agree(body, mark)) return
    const names = nameIt()
    this.#check.findings.error('index-title', `the index has another title than the body of ${names.atomId ?? 'its ATOM'}`, names)
  }

  #begin(own: Sum, parents: readonly Sum[]): void {
    const { hash } = this.#check
    hash.start()
    hash.word(own.lo)
    hash.word(own.hi)
    for (const { lo, hi } of parents) {
      hash.word(lo)
      hash.word(hi)
    }
    hash.word(parents.length)
  }

  #wantAt(role: 'parent' | 'tree' | 'body' | 'influence', bytes: Uint8Array, at: number): Sum {
    this.#check.hash.id(0x71, bytes, at)
    this.#check.table.want(this.#check.hash, role)
    return sumOf(this.#check.hash)
  }

  #want(role: 'parent' | 'tree' | 'body' | 'influence', id: ObjectId): Sum {
    this.#check.hash.hexId(id)
    this.#check.table.want(this.#check.hash, role)
    return sumOf(this.#check.hash)
  }

  /** Finds the ATOM's number by its header, last hashed, and notes what the index must say of it. */
  #place(names: AtomNames, { body, tree }: OwnedSums): number | undefined {
    this.count++
    const context = this.#context
    if (context === undefined) return undefined
    context.days.add(names.atomId)
    const seq = this.#findSeq(names, context)
    if (seq === undefined) return undefined
    this.trees.set(seq, tree)
    this.agree(body, context.titles.get(seq), () => names)
    return seq
  }

  /** Returns the number under the ATOM's digest whose node is what its header demands. */
  #findSeq(names: AtomNames, { nodes, join }: AtomContext): number | undefined {
    const { hash, findings } = this.#check
    const { open } = join
    for (const seq of open) {
      if (nodes.sums.lo(seq) !== hash.lo || nodes.sums.hi(seq) !== hash.hi) continue
      join.take(seq)
      return seq
    }
    const [seq] = open
    if (seq === undefined) {
      findings.error('index-seq', `the index gives no number to the ATOM ${names.atomId}`, names)
      return undefined
    }
    join.take(seq)
    if (seq >= nodes.count) findings.error('index-seq', `the index gives the ATOM ${names.atomId} number ${String(seq)}, and there are ${String(nodes.count)}`, names)
    else findings.error('index-node', `node ${String(seq)} of the index says other than the header of ${names.atomId}`, names)
    return undefined
  }

  #influenced(digest: string, seq: number): void {
    mixInfluence(this.#check, digest, seq)
    this.influences.add(this.#check.hash)
  }

  #maybeTaker(seq: number, atomId: string, operation: string): void {
    if (mayTakeBack(atomId, operation)) this.takers.push(seq)
  }
}

export function sumOf({ lo, hi }: Sum): Sum {
  return { lo, hi }
}
