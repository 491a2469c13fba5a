import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { mergeBaseTree } from '../../../src/history/merge/merge-base-tree.js'
import { mergeTrees, withMade } from '../../../src/history/merge/merge-trees.js'
import { suitePath } from '../../helpers/suites.js'
import { openBundle } from './git-oracle.js'

interface RealMerge {
  readonly merge: string
  readonly ours: string
  readonly theirs: string
  readonly clean: boolean
  readonly gitTree: string
  readonly conflictedPaths: readonly string[]
}

const merges = suitePath('git-real-merges/tree-merges.json.gz')
const bundle = suitePath('git-bundles/entireio-cli-main.bundle')
const hasGit = spawnSync('git', ['--version']).status === 0
if (!hasGit) console.warn('skipped: git is not here to read the bundle')

it.skipIf(merges === undefined || bundle === undefined || !hasGit)('merges the trees of real merges as git does, or reports a conflict', { timeout: 300_000 }, async () => {
  const all = JSON.parse(gunzipSync(readFileSync(merges as string)).toString('utf8')) as Record<string, readonly RealMerge[]>
  const { 'entireio-cli': real = [], ...others } = all
  for (const [name, list] of Object.entries(others)) console.warn(`skipped: the objects of ${name} (${String(list.length)} merges) are not here`)
  const git = openBundle(bundle as string)
  const counts = { equal: 0, conflict: 0, renames: 0, cautious: 0, absent: 0 }
  const wrong: string[] = []
  const cautious: string[] = []
  for (const each of real) {
    if (!git.has(each.ours) || !git.has(each.theirs)) {
      counts.absent++
      continue
    }
    const [left, right] = [git.graph.seq(each.ours), git.graph.seq(each.theirs)]
    const base = await mergeBaseTree({ graph: git.graph, reader: git.reader, treeOf: (seq) => git.treeOf(git.graph.id(seq)) }, left, [right])
    const reader = withMade(git.reader, base.objects)
    const merged = await mergeTrees(reader, { base: base.tree, ours: git.treeOf(each.ours), theirs: git.treeOf(each.theirs) }, { labels: { ours: 'ours', theirs: 'theirs' } })
    if (merged.conflicts.length === 0) {
      const isEqual = each.clean && git.gitTree(merged.tree, withMade(reader, merged.objects)) === each.gitTree
      if (isEqual) counts.equal++
      else wrong.push(`${each.merge}: clean, ${each.clean ? 'and another tree than git\'s' : `and git has conflicts in ${each.conflictedPaths.join(', ')}`}`)
    } else if (!each.clean) counts.conflict++
    else if (merged.conflicts.every(({ kind }) => kind === 'rename')) counts.renames++
    else {
      counts.cautious++
      cautious.push(`${each.merge}: ${merged.conflicts.map(({ kind, path, renamedTo }) => `${kind} ${path} ${(renamedTo ?? []).join(' ')}`).join(', ')}`)
    }
  }
  console.info(`${String(real.length)} merges: ${JSON.stringify(counts)}`, cautious)
  expect(wrong).toEqual([])
})
