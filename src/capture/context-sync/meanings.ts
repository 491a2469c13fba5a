/** What a row of each table says: which type of ATOM it becomes, and which columns are its title, its reason and its details. docs/context-sync.md has the same table. */
import type { CborValue } from '../../codec/cbor.js'
import type { Cells } from '../../ops/transfer/context-sync/synced-row.js'
import { cellValue, jsonOf, textOf, toValue } from './cells.js'

export interface Said {
  /** What was said: its first line becomes the title. */
  readonly text: string
  readonly reason?: string
  readonly agent?: string
  readonly metadata?: { readonly [key: string]: CborValue | undefined }
}

export interface Meaning {
  readonly type: string
  readonly operation: string
  /** Columns that say when, the best one first. */
  readonly times: readonly string[]
  /** The column that says which row it is, where that is not `id`. */
  readonly key?: 'project_id'
  /** Columns of JSON: what is in them goes into the metadata as it is. */
  readonly json?: readonly string[]
  say(cells: Cells): Said
}

/** Returns columns as metadata, by their own names. */
function details(cells: Cells, ...columns: readonly string[]): { readonly [key: string]: CborValue | undefined } {
  return Object.fromEntries(columns.map((column) => {
    const cell = cells.get(column)
    return [column, cell === undefined ? undefined : cellValue(cell)]
  }))
}

/** v2 keeps a reason as text, or as JSON with the alternatives. */
function reasoning(cells: Cells): Pick<Said, 'reason' | 'metadata'> {
  const parsed = jsonOf(cells, 'reasoning')
  const text = textOf(cells, 'reasoning')
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { reason: text }
  const { reasoning: reason, ...others } = parsed as { readonly [key: string]: unknown }
  return { reason: typeof reason === 'string' ? reason : '', metadata: Object.fromEntries(Object.entries(others).map(([key, value]) => [key, toValue(value)])) }
}

/** Returns what a column says that holds a text, or JSON with a `text` in it. */
function wrappedText(cells: Cells, column: string): string {
  const parsed = jsonOf(cells, column)
  const inner = typeof parsed === 'object' && parsed !== null ? (parsed as { readonly text?: unknown }).text : undefined
  return typeof inner === 'string' ? inner : typeof parsed === 'object' && parsed !== null ? '' : textOf(cells, column)
}

function describing(what: string, ...columns: readonly string[]): (cells: Cells) => Said {
  return (cells) => ({ text: [what, ...columns.map((column) => textOf(cells, column)).filter((text) => text !== '')].join(' '), metadata: details(cells, ...[...cells.keys()].filter((name) => name !== 'id' && name !== 'project_id')) })
}

const OF_PROJECT = { type: 'PROJECT', operation: 'set_project', times: ['updated_at', 'timestamp'] } as const
const REMEMBERED = { operation: 'remember', times: ['timestamp'] } as const

export const MEANINGS: { readonly [table: string]: Meaning } = {
  projects: { ...OF_PROJECT, times: ['updated_at', 'created_at'], json: ['tech_stack'], say: (cells) => ({ text: `Project ${textOf(cells, 'name')}`, metadata: { ...details(cells, 'path', 'architecture'), tech_stack: toValue(jsonOf(cells, 'tech_stack')) } }) },
  project_dependencies: { ...OF_PROJECT, say: describing('Depends on', 'name', 'version') },
  project_build_system: { ...OF_PROJECT, key: 'project_id', json: ['commands'], say: describing('Built with', 'type') },
  project_test_framework: { ...OF_PROJECT, key: 'project_id', say: describing('Tested with', 'name') },
  project_env_vars: { ...OF_PROJECT, say: describing('Reads the variable', 'var_name') },
  project_services: { ...OF_PROJECT, say: describing('Service', 'name', 'port') },
  project_databases: { ...OF_PROJECT, say: describing('Database', 'type') },
  project_metrics: { ...OF_PROJECT, key: 'project_id', json: ['hotspots'], say: describing('Measured: lines of code', 'lines_of_code') },
  decisions: {
    type: 'DECISION', operation: 'save_decision', times: ['timestamp'],
    say(cells) {
      const { reason = '', metadata } = reasoning(cells)
      return { text: textOf(cells, 'description'), reason, metadata: { ...metadata, decision_type: cells.has('type') ? textOf(cells, 'type') : undefined } }
    },
  },
  conversations: {
    type: 'CONVERSATION', operation: 'save_conversation', times: ['timestamp'], json: ['metadata'],
    say: (cells) => ({ text: textOf(cells, 'content'), agent: textOf(cells, 'tool'), metadata: { ...details(cells, 'role', 'tool', 'content'), details: toValue(jsonOf(cells, 'metadata')) } }),
  },
  todos: {
    type: 'TASK', operation: 'todo', times: ['updated_at', 'created_at'], json: ['tags'],
    say: (cells) => ({ text: textOf(cells, 'title'), reason: textOf(cells, 'description'), metadata: { ...details(cells, 'status', 'priority', 'due_date', 'created_at', 'completed_at'), tags: toValue(jsonOf(cells, 'tags')) } }),
  },
  active_work: {
    type: 'TASK', ...REMEMBERED, json: ['files'],
    say: (cells) => ({ text: textOf(cells, 'task'), reason: wrappedText(cells, 'context'), metadata: { ...details(cells, 'status', 'branch'), files: toValue(jsonOf(cells, 'files')) } }),
  },
  constraints: {
    type: 'CONSTRAINT', ...REMEMBERED,
    say: (cells) => ({ text: [textOf(cells, 'key'), textOf(cells, 'value')].filter((text) => text !== '').join(': '), reason: textOf(cells, 'reasoning'), metadata: details(cells, 'key', 'value') }),
  },
  problems: {
    type: 'PROBLEM', ...REMEMBERED, json: ['context'],
    say: (cells) => ({ text: textOf(cells, 'description'), reason: textOf(cells, 'resolution'), metadata: { ...details(cells, 'status'), context: toValue(jsonOf(cells, 'context')) } }),
  },
  goals: { type: 'GOAL', ...REMEMBERED, say: (cells) => ({ text: textOf(cells, 'description'), metadata: details(cells, 'status', 'target_date') }) },
  notes: { type: 'DOC', ...REMEMBERED, json: ['tags'], say: (cells) => ({ text: textOf(cells, 'content'), metadata: { tags: toValue(jsonOf(cells, 'tags')) } }) },
  caveats: {
    type: 'CAVEAT', ...REMEMBERED,
    say: (cells) => ({
      text: textOf(cells, 'description'), reason: textOf(cells, 'resolution'),
      metadata: details(cells, 'category', 'severity', 'attempted', 'error', 'recovery', 'verified', 'action_required', 'affects_production', 'resolved', 'resolved_at'),
    }),
  },
  learnings: { type: 'RESEARCH', ...REMEMBERED, say: (cells) => ({ text: textOf(cells, 'insight'), reason: textOf(cells, 'context'), metadata: details(cells, 'confidence') }) },
  problem_solutions: { type: 'PROBLEM', ...REMEMBERED, say: (cells) => ({ text: textOf(cells, 'problem'), reason: textOf(cells, 'solution'), metadata: details(cells, 'confidence') }) },
  comparisons: {
    type: 'DECISION', ...REMEMBERED,
    say: (cells) => ({ text: `${textOf(cells, 'option_a')} or ${textOf(cells, 'option_b')}: ${textOf(cells, 'winner')}`, reason: textOf(cells, 'reasoning'), metadata: details(cells, 'option_a', 'option_b', 'winner', 'confidence') }),
  },
  anti_patterns: { type: 'CAVEAT', ...REMEMBERED, say: (cells) => ({ text: textOf(cells, 'description'), reason: textOf(cells, 'why'), metadata: details(cells, 'confidence') }) },
}

/** Tables that only say how far a migration is: nothing is lost with them. */
export const BOOKKEEPING: readonly string[] = ['migration_history', 'sessions']
