import type { Graph } from '../../src/history/graph/types.js'

/** One node as a test states it. */
export interface GraphNode {
  readonly id: string
  readonly parents: readonly string[]
  /** Its own time in ms; its place in the order of arrival where absent. */
  readonly timeMs?: number
}

/** A graph in memory, with the names that the test gave. */
export interface NamedGraph extends Graph {
  readonly size: number
  /** How often parents were read. */
  readonly reads: { count: number }
  seq(id: string): number
  id(seq: number): string
  seqs(ids: readonly string[]): number[]
  ids(seqs: Iterable<number>): string[]
}

/**
 * Makes a graph from lines, parents first: 'A-B-C, B-D' has A at the root, and B with the children C and D. The parents
 * of a merge come in the order in which the lines name them: 'A-M, B-M'.
 */
export function aGraph(lines: string): NamedGraph {
  const parents = new Map<string, string[]>()
  for (const line of lines.split(',')) {
    let before: string | undefined
    for (const id of line.trim().split('-')) {
      const known = parents.get(id) ?? []
      parents.set(id, known)
      if (before !== undefined && !known.includes(before)) known.push(before)
      before = id
    }
  }
  return graphOf([...parents].map(([id, list]) => ({ id, parents: list })))
}

/** Makes a graph from nodes in any order. They arrive in the order given, each after its parents. */
export function graphOf(nodes: readonly GraphNode[]): NamedGraph {
  const given = new Map(nodes.map((node) => [node.id, node]))
  const seqOf = new Map<string, number>()
  const ids: string[] = []
  for (const start of nodes) {
    const stack = [start.id]
    while (stack.length > 0) {
      const id = stack.at(-1) as string
      const missing = seqOf.has(id) ? [] : (given.get(id)?.parents ?? []).filter((parent) => !seqOf.has(parent))
      if (missing.length > 0) {
        stack.push(...missing)
        continue
      }
      stack.pop()
      if (seqOf.has(id)) continue
      seqOf.set(id, ids.length)
      ids.push(id)
    }
  }
  const parents = ids.map((id) => (given.get(id)?.parents ?? []).map((parent) => seqOf.get(parent) as number))
  const orderMs: number[] = []
  const generation: number[] = []
  ids.forEach((id, seq) => {
    const above = parents[seq] as number[]
    orderMs.push(above.reduce((most, parent) => Math.max(most, 1 + (orderMs[parent] as number)), given.get(id)?.timeMs ?? seq))
    generation.push(1 + above.reduce((most, parent) => Math.max(most, generation[parent] as number), 0))
  })
  const reads = { count: 0 }
  const seq = (id: string): number => {
    const found = seqOf.get(id)
    if (found === undefined) throw new TypeError(`no node ${id}`)
    return found
  }
  const id = (of: number): string => ids[of] as string
  return {
    size: ids.length,
    reads,
    parents(of) {
      reads.count++
      return parents[of] as number[]
    },
    generation: (of) => generation[of] as number,
    orderMs: (of) => orderMs[of] as number,
    compareIds: (left, right) => (id(left) < id(right) ? -1 : id(left) > id(right) ? 1 : 0),
    seq,
    id,
    seqs: (list) => list.map(seq),
    ids: (list) => [...list].map(id),
  }
}
