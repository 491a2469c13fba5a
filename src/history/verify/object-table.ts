/**
 * Every object that is there or is linked to, as its keyed hash, with what it is and in which roles it is wanted: 14 bytes for each. A link
 * may come before its object; when all are in, what is wanted and not there is missing.
 */
import type { ObjectKind } from '../../object/open.js'
import type { LinkRole } from '../../object/links.js'
import type { KeyedHash } from './keyed-hash.js'

export type KindName = ObjectKind | 'unknown' | 'raw' | 'damaged'
const KINDS: readonly KindName[] = ['atom', 'body', 'tree', 'file', 'op', 'tag', 'receipt', 'refs', 'unknown', 'raw', 'damaged']
/** `influence` and `reference` are no owned links: absent is no error. `logged`: named by an op of the own chain. */
export type WantedRole = LinkRole | 'influence' | 'logged' | 'reference'
const ROLES: readonly WantedRole[] = ['parent', 'tree', 'body', 'content', 'chunk', 'previous', 'target', 'ref', 'unknown', 'influence', 'logged', 'reference']

const KIND_NUMBERS = Object.fromEntries(KINDS.map((kind, index) => [kind, index + 1])) as { readonly [Kind in KindName]: number }
const ROLE_BITS = Object.fromEntries(ROLES.map((role, index) => [role, 1 << (index + 4)])) as { readonly [Role in WantedRole]: number }

/** The kinds that a role may lead to; a damaged object has its own finding. */
const FITTING: { readonly [Role in WantedRole]: readonly KindName[] | 'any' } = {
  parent: ['atom'], tree: ['tree'], body: ['body'], content: ['raw', 'file'], chunk: ['raw'], previous: ['op'], target: ['atom', 'tag'],
  ref: ['atom', 'tag', 'op', 'receipt'], unknown: 'any', influence: ['atom'], logged: ['atom', 'tag', 'op', 'receipt'], reference: 'any',
}

export function isFitting(role: WantedRole, kind: KindName): boolean {
  const fitting = FITTING[role]
  return fitting === 'any' || kind === 'damaged' || fitting.includes(kind)
}

export interface TableEntry {
  readonly lo: number
  readonly hi: number
  /** undefined: wanted, and not there. */
  readonly kind: KindName | undefined
  readonly roles: readonly WantedRole[]
  /** What was said of it with `agree`, or 0. */
  readonly mark: number
}

const LEAST_PLACES = 1 << 12
const RESERVE_MAX = 4_000_000

export class ObjectTable {
  #lo: Uint32Array = new Uint32Array(LEAST_PLACES)
  #hi: Uint32Array = new Uint32Array(LEAST_PLACES)
  #state: Uint16Array = new Uint16Array(LEAST_PLACES)
  #marks: Uint32Array = new Uint32Array(LEAST_PLACES)
  #size = 0

  /** Makes room for so many, while it is empty: growing holds old and new for a moment. */
  reserve(count: number): void {
    if (this.#size === 0) while (this.#lo.length * 4 < Math.min(count, RESERVE_MAX) * 5) this.#allocate(this.#lo.length * 2)
  }

  /** Notes that the object last hashed is there. */
  put(hash: KeyedHash, kind: KindName): void {
    const place = this.#place(hash.lo, hash.hi)
    this.#state[place] = ((this.#state[place] as number) & 0xfff0) | KIND_NUMBERS[kind]
  }

  /** Notes that the object last hashed is wanted in a role. */
  want(hash: KeyedHash, role: WantedRole): void {
    const place = this.#place(hash.lo, hash.hi)
    this.#state[place] = (this.#state[place] as number) | ROLE_BITS[role]
  }

  /**
   * Holds what one side says of an object against what another said before, whichever comes first. Returns false where they differ. `mark`: not 0.
   */
  agree(place: { readonly lo: number; readonly hi: number }, mark: number): boolean {
    const at = this.#place(place.lo, place.hi)
    if (this.#marks[at] === 0) this.#marks[at] = mark
    return this.#marks[at] === mark
  }

  /** Returns what the object last hashed is, or undefined when it is not there. */
  kindOf(hash: KeyedHash): KindName | undefined {
    return KINDS[((this.#state[this.#find(hash.lo, hash.hi)] as number) & 15) - 1]
  }

  isWanted(hash: KeyedHash): boolean {
    return (this.#state[this.#find(hash.lo, hash.hi)] as number) > 15
  }

  /** Yields what is wanted and not there, or not of a kind that fits. */
  * misfits(): Iterable<TableEntry> {
    for (let place = 0; place < this.#state.length; place++) {
      const state = this.#state[place] as number
      if (state < 16 || (FITS[state] as number) === 1) continue
      yield { lo: this.#lo[place] as number, hi: this.#hi[place] as number, kind: KINDS[(state & 15) - 1], roles: rolesOf(state), mark: this.#marks[place] as number }
    }
  }

  /** Returns how many objects nothing names. */
  countUnwanted(): number {
    let count = 0
    for (const state of this.#state) if (state > 0 && state < 16) count++
    return count
  }

  #find(lo: number, hi: number): number {
    const mask = this.#lo.length - 1
    let place = lo & mask
    while (((this.#lo[place] as number) !== lo || (this.#hi[place] as number) !== hi) && (this.#lo[place] !== 0 || this.#hi[place] !== 0)) place = (place + 1) & mask
    return place
  }

  #place(lo: number, hi: number): number {
    const place = this.#find(lo, hi)
    if (this.#lo[place] !== 0 || this.#hi[place] !== 0) return place
    if (++this.#size * 5 > this.#lo.length * 4) {
      this.#grow()
      return this.#place(lo, hi)
    }
    this.#lo[place] = lo
    this.#hi[place] = hi
    return place
  }

  #allocate(places: number): void {
    this.#lo = new Uint32Array(places)
    this.#hi = new Uint32Array(places)
    this.#state = new Uint16Array(places)
    this.#marks = new Uint32Array(places)
  }

  #grow(): void {
    const [lo, hi, state, marks] = [this.#lo, this.#hi, this.#state, this.#marks]
    this.#allocate(lo.length * 2)
    this.#size = 0
    for (let old = 0; old < lo.length; old++) {
      if (lo[old] === 0 && hi[old] === 0) continue
      const place = this.#place(lo[old] as number, hi[old] as number)
      this.#state[place] = state[old] as number
      this.#marks[place] = marks[old] as number
    }
  }
}

function rolesOf(state: number): readonly WantedRole[] {
  return ROLES.filter((role) => (state & ROLE_BITS[role]) !== 0)
}

/** For every state of an entry: 1 where it is there and fits all its roles. */
const FITS: Uint8Array = Uint8Array.from({ length: 1 << 16 }, (_, state) => {
  const kind = KINDS[(state & 15) - 1]
  if (kind === undefined) return state < 16 ? 1 : 0
  for (const role of ROLES) if ((state & ROLE_BITS[role]) !== 0 && !isFitting(role, kind)) return 0
  return 1
})
