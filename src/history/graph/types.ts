/**
 * What the graph algorithms know of a trail.
 *
 * Every ATOM in a store has a sequence number (`seq`), given in the order of arrival. Because an ATOM is stored after its
 * parents, a parent's number is always smaller than its child's: `seq` is a topological order, and walking by
 * descending `seq` sees every child before its parents.
 */
export interface Graph {
  /** Returns the parents' numbers, first parent first. MUST NOT be changed by the caller. */
  parents(seq: number): readonly number[]
  /** Returns 1 + the greatest generation of the parents; 1 for a root. */
  generation(seq: number): number
  /** Returns the corrected time in ms: max(own time, 1 + the parents' corrected times). */
  orderMs(seq: number): number
  /** Compares two ATOMs by object id, bytewise: < 0, 0 or > 0. Breaks ties of `orderMs`. */
  compareIds(left: number, right: number): number
}
