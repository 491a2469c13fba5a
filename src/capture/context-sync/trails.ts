/** The table `atom_trail` of other programs: KENL's and SpiralSafe's have one name and different columns. */
import type { CborValue } from '../../codec/cbor.js'
import { getAtomIdParts, isAtomType } from '../../object/atom-id.js'
import type { Cells, CellValue } from '../../ops/transfer/context-sync/synced-row.js'
import { cellValue, jsonOf, textOf, timeOf, toValue } from './cells.js'

export const TRAIL = 'atom_trail'

export type TrailKind = 'kenl' | 'spiralsafe' | undefined

/** Returns whose columns a table has; undefined for nobody's. */
export function trailKind(columns: readonly string[]): TrailKind {
  const has = (...names: readonly string[]): boolean => names.every((name) => columns.includes(name))
  if (has('atom_id', 'operation', 'agent', 'timestamp')) return 'kenl'
  return has('decision', 'rationale', 'outcome', 'timestamp') ? 'spiralsafe' : undefined
}

export interface TrailSaid {
  readonly id: string
  readonly type: string
  readonly operation: string
  readonly agent: string
  readonly timeMs: number | undefined
  readonly text: string
  readonly reason: string
  readonly metadata: { readonly [key: string]: CborValue | undefined }
  readonly tokens: number | undefined
  readonly contextSyncRef: string | undefined
  readonly atomId: string | undefined
}

/** A row that this program exported names its ATOM in `object`: it is found again by that. */
export function sayTrail(kind: 'kenl' | 'spiralsafe', cells: Cells): TrailSaid {
  return kind === 'kenl' ? sayKenl(cells) : saySpiralsafe(cells)
}

function sayKenl(cells: Cells): TrailSaid {
  const atomId = textOf(cells, 'atom_id')
  const named = /^ATOM-([A-Z]+(?:-[A-Z]+)*)-\d/.exec(atomId)?.[1] ?? ''
  const { title, reason, ...others } = mapOf(jsonOf(cells, 'metadata'))
  const rest: { readonly [key: string]: CborValue | undefined } = Object.fromEntries(Object.entries(others).map(([key, value]) => [key, toValue(value)]))
  return {
    id: cells.has('object') ? textOf(cells, 'object') : atomId,
    type: isAtomType(named) ? named : 'STATUS',
    operation: textOf(cells, 'operation'),
    agent: textOf(cells, 'agent'),
    timeMs: timeOf(cells, 'timestamp'),
    text: typeof title === 'string' && title !== '' ? title : textOf(cells, 'operation'),
    reason: typeof reason === 'string' ? reason : '',
    metadata: { ...rest, kenl_atom_id: atomId, kenl_timestamp: textOf(cells, 'timestamp'), previous_atom: given(cells, 'previous_atom'), kenl_signature: given(cells, 'signature') },
    tokens: tokensOf(cells.get('token_cost')),
    contextSyncRef: given(cells, 'context_sync_ref'),
    atomId: getAtomIdParts(atomId) === undefined ? undefined : atomId,
  }
}

function mapOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as { readonly [key: string]: unknown } : {}
}

function given(cells: Cells, column: string): string | undefined {
  return cells.has(column) ? textOf(cells, column) : undefined
}

function tokensOf(value: CellValue | undefined): number | undefined {
  return typeof value === 'bigint' && value > 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined
}

function saySpiralsafe(cells: Cells): TrailSaid {
  const columns = ['vortex_id', 'outcome', 'coherence_score', 'fibonacci_weight', 'signature']
  return {
    id: textOf(cells, 'id'),
    type: 'DECISION',
    operation: 'log_atom',
    agent: 'spiralsafe',
    timeMs: timeOf(cells, 'timestamp'),
    text: textOf(cells, 'decision'),
    reason: textOf(cells, 'rationale'),
    metadata: { ...Object.fromEntries(columns.flatMap((column) => {
      const cell = cells.get(column)
      return cell === undefined ? [] : [[column, cellValue(cell)]]
    })), context: toValue(jsonOf(cells, 'context')) },
    tokens: undefined,
    contextSyncRef: undefined,
    atomId: undefined,
  }
}
