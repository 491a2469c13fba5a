/**
 * Every object that is there or is linked to, as its keyed hash, with what it is and in which roles it is wanted: 16 bytes for each. A link
 * may come before its object; when all are in, what is wanted and not there is missing.
 */
import type { ObjectKind } from '../../object/open.js'
import type { LinkRole } from '../../object/links.js'
import type { KeyedHash } from './keyed-hash.js'
import { firstPlace, grownPlaces, isCrowded, placesFor } from './places.js'

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
/** For contents, trees and tags of a store that has hardly any. */
const SPARE = 10_000
/** The hash in two words, the state, the mark: one look-up touches one line of the processor's cache. */
const PLACE_WORDS = 4
const STATE = 2
const MARK = 3

export class ObjectTable {
  #words: Uint32Array = new Uint32Array(LEAST_PLACES * PLACE_WORDS)
  #places = LEAST_PLACES
  #size = 0

  /** Makes room for so many and a few more, while it is empty: growing holds old and new for a moment. */
  reserve(count: number): void {
    const places = placesFor(Math.min(count, RESERVE_MAX) + SPARE)
    if (this.#size === 0 && places > this.#places) this.#allocate(places)
  }

  /** Notes that the object last hashed is there. */
  put(hash: KeyedHash, kind: KindName): void {
    const place = this.#place(hash.lo, hash.hi)
    this.#words[place + STATE] = ((this.#words[place + STATE] as number) & 0xfff0) | KIND_NUMBERS[kind]
  }

  /** Notes that the object last hashed is wanted in a role. */
  want(hash: KeyedHash, role: WantedRole): void {
    const place = this.#place(hash.lo, hash.hi)
    this.#words[place + STATE] = (this.#words[place + STATE] as number) | ROLE_BITS[role]
  }

  /**
   * Holds what one side says of an object against what another said before, whichever comes first. Returns false where they differ. `mark`: not 0.
   */
  agree(place: { readonly lo: number; readonly hi: number }, mark: number): boolean {
    const at = this.#place(place.lo, place.hi)
    if (this.#words[at + MARK] === 0) this.#words[at + MARK] = mark
    return this.#words[at + MARK] === mark
  }

  /** Returns what the object last hashed is, or undefined when it is not there. */
  kindOf(hash: KeyedHash): KindName | undefined {
    return KINDS[((this.#words[this.#find(hash.lo, hash.hi) + STATE] as number) & 15) - 1]
  }

  /** Tells whether the object last hashed is there, and of a kind that fits all that name it. */
  isFitting(hash: KeyedHash): boolean {
    const state = this.#words[this.#find(hash.lo, hash.hi) + STATE] as number
    return (state & 15) !== 0 && (FITS[state] as number) === 1
  }

  /** Returns the roles in which the object last hashed is wanted. */
  rolesOf(hash: KeyedHash): readonly WantedRole[] {
    return rolesOf(this.#words[this.#find(hash.lo, hash.hi) + STATE] as number)
  }

  /** Returns what was said of the object last hashed with `agree`, or 0. */
  markOf(hash: KeyedHash): number {
    return this.#words[this.#find(hash.lo, hash.hi) + MARK] as number
  }

  isWanted(hash: KeyedHash): boolean {
    return (this.#words[this.#find(hash.lo, hash.hi) + STATE] as number) > 15
  }

  /** Yields what is wanted and not there, or not of a kind that fits. */
  * misfits(): Iterable<TableEntry> {
    const words = this.#words
    for (let place = 0; place < words.length; place += PLACE_WORDS) {
      const state = words[place + STATE] as number
      if (state < 16 || (FITS[state] as number) === 1) continue
      yield { lo: words[place] as number, hi: words[place + 1] as number, kind: KINDS[(state & 15) - 1], roles: rolesOf(state), mark: words[place + MARK] as number }
    }
  }

  /** Returns how many objects nothing names, and how many of them are ATOMs. */
  countUnwanted(): { readonly objects: number; readonly atoms: number } {
    let objects = 0
    let atoms = 0
    for (let at = STATE; at < this.#words.length; at += PLACE_WORDS) {
      const state = this.#words[at] as number
      if (state === 0 || state >= 16) continue
      objects++
      if (KINDS[state - 1] === 'atom') atoms++
    }
    return { objects, atoms }
  }

  #find(lo: number, hi: number): number {
    const words = this.#words
    let place = firstPlace(lo, this.#places) * PLACE_WORDS
    while ((words[place] !== lo || words[place + 1] !== hi) && (words[place] !== 0 || words[place + 1] !== 0)) {
      place += PLACE_WORDS
      if (place === words.length) place = 0
    }
    return place
  }

  #place(lo: number, hi: number): number {
    const place = this.#find(lo, hi)
    if (this.#words[place] !== 0 || this.#words[place + 1] !== 0) return place
    if (isCrowded(++this.#size, this.#places)) {
      this.#grow()
      return this.#place(lo, hi)
    }
    this.#words[place] = lo
    this.#words[place + 1] = hi
    return place
  }

  #allocate(places: number): void {
    this.#places = places
    this.#words = new Uint32Array(places * PLACE_WORDS)
  }

  #grow(): void {
    const old = this.#words
    this.#allocate(grownPlaces(this.#places))
    for (let from = 0; from < old.length; from += PLACE_WORDS) {
      if (old[from] === 0 && old[from + 1] === 0) continue
      const place = this.#find(old[from] as number, old[from + 1] as number)
      for (let word = 0; word < PLACE_WORDS; word++) this.#words[place + word] = old[from + word] as number
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
