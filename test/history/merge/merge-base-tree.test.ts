import { expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { mergeBaseTree } from '../../../src/history/merge/merge-base-tree.js'
import { mergeTrees, withMade } from '../../../src/history/merge/merge-trees.js'
import { readContent, sealContent } from '../../../src/store/content.js'
import { EMPTY_TREE, getEntry } from '../../../src/tree/read.js'
import { FILE_MODE } from '../../../src/object/tree.js'
import { aGraph } from '../../helpers/graph.js'
import { aTreeStore } from '../../helpers/trees.js'

it('is the tree of the one base, and the empty one of unrelated histories', async () => {
  const graph = aGraph('A-B-C, B-D, X')
  const store = aTreeStore()
  const trees = new Map(['A', 'B', 'C', 'D', 'X'].map((id) => [id, store.of([id])]))
  const context = { graph, reader: store, treeOf: (seq: number) => trees.get(graph.id(seq)) as ObjectId }
  expect(await mergeBaseTree(context, graph.seq('C'), [graph.seq('D')])).toMatchObject({ tree: trees.get('B'), objects: [] })
  expect(await mergeBaseTree(context, graph.seq('C'), [graph.seq('X')])).toMatchObject({ tree: EMPTY_TREE.id, bases: [] })
})

it('merges several bases into one, so that a criss-cross merge conflicts only where it must', async () => {
  // Both sides merged the other: L took X from one base and Y from the other, R did the same, then each went on.
  const graph = aGraph('O-P, O-Q, P-M, Q-M, Q-N, P-N, M-L, N-R')
  const store = aTreeStore()
  const tree = (lines: readonly string[]): ObjectId => {
    const sealed = sealContent(utf8(`${lines.join('\n')}\n`))
    for (const { id, bytes } of sealed.objects) store.objects.set(id, bytes)
    return store.of(new Map([['f.txt', { mode: FILE_MODE, link: sealed.id }]]))
  }
  const at = (p: string, q: string, last: string): ObjectId => tree([p, 'a', 'b', 'c', q, 'd', 'e', 'f', last])
  const trees: Readonly<Record<string, ObjectId>> = { O: at('1', '1', '1'), P: at('2', '1', '1'), Q: at('1', '2', '1'), M: at('2', '2', '1'), N: at('2', '2', '1'), L: at('3', '2', '1'), R: at('2', '2', '9') }
  const base = await mergeBaseTree({ graph, reader: store, treeOf: (seq) => trees[graph.id(seq)] as ObjectId }, graph.seq('L'), [graph.seq('R')])
  expect(graph.ids(base.bases).sort()).toEqual(['P', 'Q'])
  expect(base.tree).toBe(trees['M'])
  const reader = withMade(store, base.objects)
  const merge = await mergeTrees(reader, { base: base.tree, ours: trees['L'] as ObjectId, theirs: trees['R'] as ObjectId }, { labels: { ours: 'o', theirs: 't' } })
  const made = withMade(reader, merge.objects)
  expect(merge.conflicts).toEqual([])
  expect(new TextDecoder().decode(readContent(made, getEntry(made, merge.tree, 'f.txt')?.link as ObjectId))).toBe('3\na\nb\nc\n2\nd\ne\nf\n9\n')
})
