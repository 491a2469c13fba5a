/** What differs between two folders, found in the bytes: both have their entries in one order, and equal ones are passed over without a value being made of them. */
import { getText } from '../base/bytes.js'
import { compareNames, entryAt, isSameValue, placeAt, type PackedTree, type Place } from './packed-tree.js'
import { ENTRY_BYTES, type TreeEntry } from './tree.js'

/** An entry of one tree, of the other, or of both. */
export interface EntryPair {
  readonly before?: TreeEntry
  readonly after?: TreeEntry
}

/** Returns the names whose entries differ. */
export function differingEntries(before: PackedTree, after: PackedTree): Map<string, EntryPair> {
  const names = new Map<string, EntryPair>()
  const [left, right] = [new Cursor(before), new Cursor(after)]
  while (left.place !== undefined || right.place !== undefined) {
    const order = left.place === undefined ? 1 : right.place === undefined ? -1 : compareNames(left.bytes, left.place, { bytes: right.bytes, place: right.place })
    const isSame = order === 0 && isSameValue(left.bytes, (left.place as Place).end, { bytes: right.bytes, at: (right.place as Place).end })
    if (!isSame) names.set((order > 0 ? right : left).name(), { ...(order <= 0 && { before: left.entry() }), ...(order >= 0 && { after: right.entry() }) })
    if (order <= 0) left.step()
    if (order >= 0) right.step()
  }
  return names
}

/** Returns the first name of a folder in the order of its bytes, or undefined where it has none. */
export function firstName(tree: PackedTree): string | undefined {
  const cursor = new Cursor(tree)
  return cursor.place === undefined ? undefined : cursor.name()
}

/** Where a reader is in a folder. */
class Cursor {
  readonly bytes: Uint8Array
  /** undefined behind the last entry. */
  place: Place | undefined
  #left: number

  constructor({ bytes, start, count }: PackedTree) {
    this.bytes = bytes
    this.#left = count
    this.place = count === 0 ? undefined : placeAt(bytes, start)
  }

  step(): void {
    this.place = this.place === undefined || --this.#left === 0 ? undefined : placeAt(this.bytes, this.place.end + ENTRY_BYTES)
  }

  name(): string {
    const { start, end } = this.place as Place
    return getText(this.bytes.subarray(start, end)) as string
  }

  entry(): TreeEntry {
    return entryAt(this.bytes, (this.place as Place).end)
  }
}
