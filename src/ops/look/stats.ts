/** `stats`: what a trail holds, counted: by type, operation, agent, project and day; tokens, bytes, the first and the last. */
import { walk } from '../../history/graph/walk.js'
import { resolveRevisionSets } from '../../history/revision-sets.js'
import { allTips } from '../../history/resolve.js'
import type { IndexNode } from '../../index/node.js'
import { getAtomIdParts } from '../../object/atom-id.js'
import type { Body, Tokens } from '../../object/body.js'
import { HEADS, TAGS } from '../../refs/name.js'
import { listRefs } from '../../refs/ref.js'
import { getBody } from '../../store/body.js'
import { rangeOf } from '../../store/keys.js'
import { readObject } from '../../store/objects.js'
import { totalTokens } from '../../trail/atom-json.js'
import { readTaint } from '../../trail/taint.js'
import { checkInput, filledText, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { endTurn } from './turn.js'

export interface StatsInput {
  /** Revisions and ranges; none = everything that a ref holds. */
  readonly revisions: readonly string[]
}

export interface TokenSum {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly total: number
  readonly costUsd: number
}

export type Counts = ReadonlyMap<string, number>

export interface StatsResult {
  readonly atoms: number
  readonly first: IndexNode | undefined
  readonly last: IndexNode | undefined
  readonly types: Counts
  readonly operations: Counts
  readonly agents: Counts
  readonly projects: Counts
  /** UTC days, `YYYY-MM-DD`. */
  readonly days: Counts
  readonly tokens: TokenSum
  readonly tokensByAgent: Counts
  readonly merges: number
  readonly tainted: number
  readonly forgotten: number
  readonly branches: number
  readonly tags: number
  /** Of the whole store, whatever the revisions. */
  readonly objects: number
  readonly bytes: number
}

export const stats: Operation<StatsInput, StatsResult> = {
  name: 'stats',
  summary: 'Count what the trail holds',
  effect: 'read',
  errors: ['REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS'],
  check: checkInput<StatsInput>({ revisions: someOf(filledText) }),
  run: countTrail,
}

const BETWEEN_LOOKS = 8_192

async function countTrail(repo: Repo, input: StatsInput): Promise<StatsResult> {
  const ends = await resolveRevisionSets(resolveContext(repo), input.revisions, { from: input.revisions.length === 0 ? 'all' : 'named' })
  const taint = await readTaint(repo, () => allTips(repo))
  const tallies = { types: new Map<string, number>(), operations: new Map<string, number>(), agents: new Map<string, number>(), projects: new Map<string, number>(), days: new Map<string, number>(), tokensByAgent: new Map<string, number>() }
  const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0, costUsd: 0 }
  const counts = { atoms: 0, merges: 0, tainted: 0, forgotten: 0 }
  let first: IndexNode | undefined
  let last: IndexNode | undefined
  for (const seq of walk(repo.index, ends.starts, { hide: ends.hide })) {
    const node = repo.index.node(seq)
    last ??= node
    first = node
    if (++counts.atoms % BETWEEN_LOOKS === 0) {
      repo.signal.throwIfAborted()
      repo.reporter.progress('counting ATOMs', counts.atoms)
      await endTurn()
    }
    count(tallies.types, getAtomIdParts(node.atomId)?.type ?? '')
    count(tallies.operations, node.operation)
    count(tallies.agents, node.agent)
    count(tallies.days, new Date(node.timeMs).toISOString().slice(0, -14))
    if (node.parents.length > 1) counts.merges++
    if (taint.isTainted(seq)) counts.tainted++
    const body = getBody(repo.objects, readObject(repo.objects, node.id, 'atom').body)
    if (body === undefined) counts.forgotten++
    else addBody(body, node.agent, { tokens, ...tallies })
  }
  const [heads, tags, stored] = [await listRefs(repo.store, HEADS), await listRefs(repo.store, TAGS), await sizeOfObjects(repo)]
  return { ...counts, first, last, ...tallies, tokens, branches: heads.length, tags: tags.length, ...stored }
}

function count(map: Map<string, number>, key: string, amount: number = 1): void {
  map.set(key, (map.get(key) ?? 0) + amount)
}

interface Sums { readonly tokens: { -readonly [Key in keyof TokenSum]: number }; readonly projects: Map<string, number>; readonly tokensByAgent: Map<string, number> }

function addBody(body: Body, agent: string, { tokens, projects, tokensByAgent }: Sums): void {
  if (body.project !== undefined) count(projects, body.project)
  const spent: Tokens | undefined = body.tokens
  if (spent === undefined) return
  tokens.input += spent.input ?? 0
  tokens.output += spent.output ?? 0
  tokens.cacheRead += spent.cacheRead ?? 0
  tokens.cacheWrite += spent.cacheWrite ?? 0
  tokens.total += totalTokens(spent)
  tokens.costUsd += spent.costUsd ?? 0
  count(tokensByAgent, agent, totalTokens(spent))
}

async function sizeOfObjects(repo: Repo): Promise<{ readonly objects: number; readonly bytes: number }> {
  let objects = 0
  let bytes = 0
  for await (const list of repo.store.scan(rangeOf('object'))) {
    repo.signal.throwIfAborted()
    objects += list.length
    for (const [, value] of list) bytes += value.length
    repo.reporter.progress('counting objects', objects)
  }
  return { objects, bytes }
}
