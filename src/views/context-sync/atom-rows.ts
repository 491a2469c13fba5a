/** One ATOM → the rows that context-sync's servers show of it: a pure function of the ATOM, so that an export made again says the same. docs/context-sync.md has the table. */
import { digestOf } from '../../codec/object-id.js'
import { derivedRowId, type Cells, type CellValue } from '../../ops/transfer/context-sync/synced-row.js'
import { formatTime, toJsonValue, totalTokens } from '../../trail/atom-json.js'
import { displayPath } from '../../trail/paths.js'
import type { ReadAtom } from '../sqlite/project.js'
import { TRAIL } from './schema.js'

export interface WantedRow {
  readonly table: string
  readonly id: string
  /** Without the project, whose row depends on the database. */
  readonly cells: Cells
}

export interface RowsContext {
  /** The atom id of what took it back. */
  readonly takenBackBy: string | undefined
  /** Where its project is, or what it is called: two copies of one trail in two places have rows of their own. */
  readonly anchor: string
}

/** Names that v0 and v1 know, by what the agents' own names hold. */
const TOOLS: readonly (readonly [sign: RegExp, tool: string])[] = [
  [/claude/i, 'claude'], [/cursor/i, 'cursor'], [/copilot/i, 'copilot'], [/ollama|qwen|llama/i, 'ollama'], [/gemini/i, 'gemini'], [/openai|codex|gpt/i, 'openai'], [/windsurf/i, 'windsurf'], [/\bzed\b/i, 'zed'], [/notion/i, 'notion'],
]
const FILES_SHOWN = 20
/** What began a trail or joined two lines of it tells a reader nothing. */
const SILENT = ['INIT', 'MERGE']

/** Returns the rows for the servers; none for what was forgotten. */
export function rowsOf(atom: ReadAtom, context: RowsContext): readonly WantedRow[] {
  if (atom.body === undefined || SILENT.includes(atom.type)) return []
  const row = (table: string, cells: Readonly<Record<string, CellValue | undefined>>): WantedRow => {
    const id = derivedRowId(table, atom.object, context.anchor)
    return { table, id, cells: cellsOf({ id, ...cells }) }
  }
  const timestamp = BigInt(atom.header.timeMs)
  const headline = headlineOf(atom, context)
  const role = detail(atom, 'role')
  if (role === 'user' || role === 'assistant') return [row('conversations', { tool: toolOf(detail(atom, 'tool') ?? atom.header.agent), role, content: `${detail(atom, 'content') ?? textOf(atom)} [${atom.header.atomId}]`, timestamp, metadata: aboutOf(atom) })]
  if (atom.type === 'DECISION') return [row('decisions', { type: detail(atom, 'decision_type') ?? 'other', description: headline, reasoning: atom.body.reason, timestamp })]
  // v0 and v1 show decisions and conversations, v2 the rest: what is no decision is told to both.
  const told = row('conversations', { tool: toolOf(atom.header.agent), role: 'assistant', content: `${headline}${restOf(atom)}`, timestamp, metadata: aboutOf(atom) })
  const [table, cells] = remembered(atom, headline)
  return [told, row(table, { ...cells, timestamp })]
}

type Columns = Readonly<Record<string, CellValue | undefined>>

function remembered(atom: ReadAtom, headline: string): readonly [table: string, cells: Columns] {
  const reason = atom.body?.reason
  switch (atom.type) {
    case 'TASK': return ['active_work', { task: headline, context: reason ?? '', files: filesJson(atom), branch: detail(atom, 'branch'), status: choice(atom, 'status', ['active', 'paused', 'completed']) }]
    case 'CONSTRAINT': return ['constraints', { ...keyAndValue(headline), reasoning: reason }]
    case 'PROBLEM': return ['problems', { description: headline, context: reason && JSON.stringify({ reason }), status: choice(atom, 'status', ['open', 'investigating', 'resolved']), resolution: detail(atom, 'resolution') }]
    case 'GOAL': return ['goals', { description: headline, target_date: detail(atom, 'target_date'), status: choice(atom, 'status', ['planned', 'in-progress', 'blocked', 'completed']) }]
    case 'CAVEAT': return ['caveats', caveatOf(atom, headline)]
    default: return ['notes', { content: `${headline}${restOf(atom)}`, tags: JSON.stringify(['atom', atom.type.toLowerCase(), ...atom.body?.project === undefined ? [] : [atom.body.project]]) }]
  }
}

/** As v2 splits what it is told. */
function keyAndValue(text: string): Columns {
  const [, key = text, value = ''] = /^([^:=\n]+)[:=]\s*(.*)$/s.exec(text) ?? []
  return { key: key.trim(), value }
}

function caveatOf(atom: ReadAtom, headline: string): Columns {
  return {
    description: headline, category: choice(atom, 'category', ['unverified', 'mistake', 'shortcut', 'assumption', 'workaround']), severity: choice(atom, 'severity', ['medium', 'low', 'high', 'critical']),
    attempted: detail(atom, 'attempted'), error: detail(atom, 'error'), recovery: detail(atom, 'recovery') ?? atom.body?.reason, verified: 0n, affects_production: 0n, resolved: 0n,
  }
}

/** v2 shows nothing but this text, so it says which ATOM it is. */
function headlineOf({ body, header }: ReadAtom, { takenBackBy }: RowsContext): string {
  return `${body?.title ?? ''}${takenBackBy === undefined ? '' : ` (taken back by ${takenBackBy})`} [${header.atomId}]`
}

function restOf(atom: ReadAtom): string {
  const conclusion = detail(atom, 'conclusion')
  const paths = atom.changes.map(({ path }) => displayPath(path))
  const files = paths.length === 0 ? undefined : `Files: ${paths.slice(0, FILES_SHOWN).join(', ')}${paths.length > FILES_SHOWN ? ` and ${String(paths.length - FILES_SHOWN)} more` : ''}`
  return [atom.body?.reason, conclusion && `Conclusion: ${conclusion}`, files].filter((part) => part !== undefined && part !== '').map((part) => `\n${String(part)}`).join('')
}

function textOf({ body }: ReadAtom): string {
  return body?.reason ?? body?.title ?? ''
}

function detail({ body }: ReadAtom, key: string): string | undefined {
  const value = body?.metadata?.[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Returns a detail that is one of these, else the first of them: servers take no other. */
function choice(atom: ReadAtom, key: string, choices: readonly string[]): string | undefined {
  const value = detail(atom, key)
  return value !== undefined && choices.includes(value) ? value : choices[0]
}

function filesJson({ changes }: ReadAtom): string | undefined {
  return changes.length === 0 ? undefined : JSON.stringify(changes.map(({ path }) => displayPath(path)))
}

function aboutOf({ header, object, type }: ReadAtom): string {
  return JSON.stringify({ atom_id: header.atomId, object, type, agent: header.agent })
}

function toolOf(agent: string): string {
  return TOOLS.find(([sign]) => sign.test(agent))?.[1] ?? 'other'
}

/** Returns the row of `atom_trail`: there for every ATOM, without words where they were forgotten. */
export function trailRowOf(atom: ReadAtom, ref: string | undefined): WantedRow {
  const { header, object, body, previousAtomId } = atom
  const metadata = body === undefined ? undefined : {
    ...toJsonValue(body.metadata ?? {}) as object, title: body.title, ...(body.reason !== undefined && { reason: body.reason }), ...(body.project !== undefined && { project: body.project }),
    ...(header.influencedBy.length > 0 && { influenced_by: header.influencedBy.map((influence) => influence.object) }), ...(header.parents.length > 0 && { parents: header.parents.map(digestOf) }),
  }
  return {
    table: TRAIL,
    id: object,
    cells: cellsOf({
      atom_id: header.atomId, operation: header.operation, agent: header.agent, timestamp: formatTime(header.timeMs), signature: `sha256:${object}`, previous_atom: previousAtomId,
      metadata: metadata && JSON.stringify(metadata), context_sync_ref: body?.contextSyncRef ?? ref, token_cost: body?.tokens === undefined ? undefined : BigInt(totalTokens(body.tokens)), object,
    }),
  }
}

export function cellsOf(cells: Readonly<Record<string, CellValue | undefined>>): Cells {
  return new Map(Object.entries(cells).filter((cell): cell is [string, CellValue] => cell[1] !== undefined))
}
