/** The tree that two sides of a merge have in common: of their merge base, of several bases merged into one, or the empty one. */
import type { ObjectId } from '../../codec/object-id.js'
import type { SealedObject } from '../../object/seal.js'
import type { ObjectReader } from '../../store/types.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { mergeBases } from '../graph/merge-base.js'
import type { Graph } from '../graph/types.js'
import { mergeTrees, withMade } from './merge-trees.js'
import type { TreeMergeOptions } from './types.js'

export interface BaseTreeContext {
  readonly graph: Graph
  readonly reader: ObjectReader
  treeOf(seq: number): ObjectId
  readonly signal?: AbortSignal
}

export interface BaseTree {
  readonly bases: readonly number[]
  readonly tree: ObjectId
  /** What merging several bases made; not to be stored. */
  readonly objects: readonly SealedObject[]
}

/** Criss-crosses of criss-crosses nest; no real trail comes near this. */
const NESTING_MAX = 50
const LABELS = { ours: 'Temporary merge branch 1', theirs: 'Temporary merge branch 2' }

/**
 * Returns the common tree of a node and of a merge of others. Several bases are merged with each other first, oldest first, conflicts and all:
 * what conflicts in them is different on both sides anyway, or settled by both.
 */
export function mergeBaseTree(context: BaseTreeContext, one: number, others: readonly number[]): Promise<BaseTree> {
  return baseTree(context, { one, others, depth: 0 })
}

interface Sides { readonly one: number; readonly others: readonly number[]; readonly depth: number }

async function baseTree(context: BaseTreeContext, { one, others, depth }: Sides): Promise<BaseTree> {
  const bases = mergeBases(context.graph, one, others)
  const [first, ...rest] = [...bases].reverse()
  if (first === undefined) return { bases, tree: EMPTY_TREE.id, objects: [] }
  let tree = context.treeOf(first)
  const objects: SealedObject[] = []
  const merged = [first]
  for (const next of depth < NESTING_MAX ? rest : []) {
    const below = await baseTree(context, { one: next, others: merged, depth: depth + 1 })
    objects.push(...below.objects)
    const options: TreeMergeOptions = { labels: LABELS, unmarked: 'keep-base', ...(context.signal && { signal: context.signal }) }
    const merge = await mergeTrees(withMade(context.reader, objects), { base: below.tree, ours: tree, theirs: context.treeOf(next) }, options)
    objects.push(...merge.objects)
    tree = merge.tree
    merged.push(next)
  }
  return { bases, tree, objects }
}
