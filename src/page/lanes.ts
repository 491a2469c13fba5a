/** Where the line of each ATOM runs beside a list of them: a column for each open line, as a graph of a log has. */
import type { ObjectId } from '../codec/object-id.js'

export interface LaneRow {
  /** The column of the ATOM itself. */
  readonly column: number
  /** Tells whether a line comes in from above: some child stands there. */
  readonly hasChild: boolean
  /** Lines that pass or begin here: from a column above, or the ATOM's, to one below. */
  readonly lines: readonly { readonly from: number; readonly to: number; readonly start: 'above' | 'atom' }[]
  readonly columns: number
}

export interface LaneAtom {
  readonly id: ObjectId
  /** Only those that come later in the list. */
  readonly parents: readonly ObjectId[]
}

/** Returns a function that is given one ATOM after the other, children first, and says how its row is drawn. */
export function createLanes(): (atom: LaneAtom) => LaneRow {
  let open: readonly ObjectId[] = []
  return ({ id, parents }) => {
    const above = open.includes(id) ? open : [...open, id]
    const column = above.indexOf(id)
    const below = [...new Set([...above.slice(0, column), ...parents, ...above.slice(column + 1)])]
    const passing = above.flatMap((lane, from) => (lane === id ? [] : [{ from, to: below.indexOf(lane), start: 'above' as const }]))
    const begun = parents.map((parent) => ({ from: column, to: below.indexOf(parent), start: 'atom' as const }))
    const hasChild = open.includes(id)
    open = below
    return { column, hasChild, lines: [...passing, ...begun], columns: Math.max(above.length, below.length) }
  }
}
