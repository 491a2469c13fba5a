import type { IndexNode } from '../../index/node.js'
import { stats, type Counts, type StatsResult } from '../../ops/look/stats.js'
import { defineCommand, type Command } from '../command.js'
import type { Line, Span, View } from '../terminal/output.js'
import { isoTime } from '../render/atom-lines.js'

export const statsCommand: Command = defineCommand({
  name: 'stats',
  group: 'look',
  summary: 'Count what the trail holds',
  description: 'Counts every ATOM that a ref holds, or those of the revisions and ranges given.',
  positionals: ['revs...?'],
  examples: [
    ['atom stats', 'who recorded how much of what, and at what cost'],
    ['atom stats main..experiment --json', 'the same of a range, for programs'],
  ],
  operation: stats,
  toInput: ({ positionals }) => ({ revisions: positionals.revs }),
  render: statsLines,
  json: statsJson,
})

const ROWS_SHOWN = 10

function* statsLines(result: StatsResult, view: View): Iterable<Line> {
  const { atoms, first, last, tokens } = result
  yield [['count', String(atoms)], ['plain', ` ${atoms === 1 ? 'ATOM' : 'ATOMs'} (${plural(result.merges, 'merge')}, ${String(result.tainted)} tainted, ${String(result.forgotten)} forgotten), ${plural(result.branches, 'branch', 'branches')}, ${plural(result.tags, 'tag')}`]]
  if (first !== undefined && last !== undefined) {
    yield [['plain', 'first  '], ['atom', first.atomId], ['plain', ` ${isoTime(first.timeMs)}`]]
    yield [['plain', 'last   '], ['atom', last.atomId], ['plain', ` ${isoTime(last.timeMs)}`]]
  }
  yield [['plain', `tokens ${String(tokens.total)} (${String(tokens.input)} in, ${String(tokens.output)} out, ${String(tokens.cacheRead)} from the cache, ${String(tokens.cacheWrite)} to it), $${formatCost(tokens.costUsd)}`]]
  yield [['plain', `stored ${String(result.objects)} objects, ${String(result.bytes)} bytes`]]
  yield* table('type', byCount(result.types), view)
  yield* table('agent', byCount(result.agents), view)
  yield* table('operation', byCount(result.operations), view)
  if (result.projects.size > 1) yield* table('project', byCount(result.projects), view)
  yield* table('day', [...result.days].sort(([left], [right]) => left < right ? 1 : -1), view)
}

function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`
}

type Rows = readonly (readonly [key: string, count: number])[]

function* table(name: string, rows: Rows, view: View): Iterable<Line> {
  if (rows.length === 0) return
  yield []
  yield [['heading', `by ${name}`]]
  const shown = view.isVerbose ? rows : rows.slice(0, ROWS_SHOWN)
  const most = Math.max(...shown.map(([, count]) => String(count).length))
  for (const [key, count] of shown) {
    const spans: Span[] = [['plain', '  '], ['count', String(count).padStart(most)], ['plain', ' '], ['plain', key]]
    yield spans
  }
  if (rows.length > shown.length) yield [['dim', `  … and ${String(rows.length - shown.length)} more (-v shows them)`]]
}

function byCount(counts: Counts): Rows {
  return [...counts].sort(([leftKey, left], [rightKey, right]) => right - left || (leftKey < rightKey ? -1 : 1))
}

function formatCost(costUsd: number): string {
  return (Math.round(costUsd * 1e6) / 1e6).toString()
}

function statsJson(result: StatsResult): unknown {
  const { tokens } = result
  return {
    atoms: result.atoms, first: atomName(result.first), last: atomName(result.last), merges: result.merges, tainted: result.tainted, forgotten: result.forgotten,
    branches: result.branches, tags: result.tags,
    types: new Map(byCount(result.types)), operations: new Map(byCount(result.operations)), agents: new Map(byCount(result.agents)), projects: new Map(byCount(result.projects)),
    days: new Map([...result.days].sort(([left], [right]) => left < right ? -1 : 1)),
    tokens: { input: tokens.input, output: tokens.output, cache_read: tokens.cacheRead, cache_write: tokens.cacheWrite, total: tokens.total, cost_usd: tokens.costUsd, by_agent: new Map(byCount(result.tokensByAgent)) },
    objects: result.objects, bytes: result.bytes,
  }
}

function atomName(node: IndexNode | undefined): unknown {
  return node === undefined ? null : { atom_id: node.atomId, object: node.digest, timestamp: new Date(node.timeMs).toISOString() }
}
