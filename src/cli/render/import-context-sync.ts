/** What `import context-sync` says in the end: what was taken, what was not and why, what to type next. */
import { digestOf } from '../../codec/object-id.js'
import type { ImportContextSyncResult, TakenRows } from '../../ops/transfer/context-sync/import-context-sync.js'
import type { RowName } from '../../ops/transfer/context-sync/known-rows.js'
import type { Line, Span } from '../terminal/output.js'

const ROWS_SHOWN = 10

export function renderImportContextSync(result: ImportContextSyncResult, isDry: boolean): readonly Line[] {
  const first: Line = [
    ['plain', isDry ? 'would take ' : 'took '], ['count', String(result.added)], ['plain', ` new and `], ['count', String(result.changed)],
    ['plain', ` changed ${result.changed === 1 ? 'row' : 'rows'} of `], ['path', result.file], ['plain', ` (schema ${result.schema})`],
  ]
  return [
    first,
    ...result.tables.filter(({ rows }) => rows > 0).map(tableLine),
    ...exportedLines(result),
    ...listLines(result.deleted.map((row) => rowSpans(row, 'its ATOM stays')), { count: result.deletedCount, what: 'no longer there', label: 'dim' }),
    ...listLines(result.odd.map((row) => rowSpans(row, row.reason)), { count: result.oddCount, what: 'strange, taken as it is', label: 'warn' }),
    ...listLines(result.refused.map((row) => rowSpans(row, row.reason)), { count: result.refusedCount, what: 'not taken', label: 'warn' }),
    ...result.leftOut.map(({ name, reason }): Line => [['plain', 'left out '], ['path', name], ['dim', ` (${reason})`]]),
    ...tryLines(result, isDry),
  ]
}

function tableLine({ table, rows, added, changed, known, exported }: TakenRows): Line {
  const parts = [[added, 'new'], [changed, 'changed'], [known, 'known'], [exported, 'exported']].filter(([count]) => count !== 0).map(([count, word]) => `${String(count)} ${String(word)}`)
  return [['plain', '  '], ['path', table], ['plain', `: ${String(rows)} ${rows === 1 ? 'row' : 'rows'}`], ['dim', parts.length === 0 ? '' : ` (${parts.join(', ')})`]]
}

function exportedLines({ exported }: ImportContextSyncResult): readonly Line[] {
  return exported === 0 ? [] : [[['count', String(exported)], ['plain', ` ${exported === 1 ? 'row is' : 'rows are'} as an export wrote ${exported === 1 ? 'it' : 'them'}: not taken (--exported takes those of other trails)`]]]
}

function rowSpans({ table, id }: RowName, note: string): readonly Span[] {
  return [['path', table], ['plain', ` ${id}`], ['dim', ` (${note})`]]
}

interface ListWords { readonly count: number; readonly what: string; readonly label: 'warn' | 'dim' }

function listLines(items: readonly (readonly Span[])[], { count, what, label }: ListWords): readonly Line[] {
  if (count === 0) return []
  const more: readonly Line[] = count > ROWS_SHOWN ? [[['dim', `  … and ${String(count - ROWS_SHOWN)} more (--json has them)`]]] : []
  return [[[label, `${String(count)} ${count === 1 ? 'row' : 'rows'} ${what}:`]], ...items.slice(0, ROWS_SHOWN).map((item): Line => [['plain', '  '], ...item]), ...more]
}

function tryLines({ ref, object, head, added, changed }: ImportContextSyncResult, isDry: boolean): readonly Line[] {
  if (isDry || object === undefined || added + changed === 0) return []
  const branch = ref.replace('refs/heads/', '')
  const commands = head === undefined ? [`atom log --oneline ${branch}`, `atom merge ${branch}`] : ['atom log --oneline']
  return [[['plain', 'try:']], ...[...commands, 'atom recall "WORDS"'].map((command): Line => [['plain', '  '], ['command', command]])]
}

export function importContextSyncJson(result: ImportContextSyncResult, isDry: boolean): unknown {
  return {
    file: result.file,
    schema: result.schema,
    new: result.added,
    changed: result.changed,
    known: result.known,
    exported: result.exported,
    tables: result.tables.map(({ table, rows, added, changed, known, exported }) => ({ table, rows, new: added, changed, known, exported })),
    deleted: result.deletedCount,
    deleted_rows: result.deleted,
    odd: result.oddCount,
    odd_rows: result.odd,
    refused: result.refusedCount,
    refused_rows: result.refused,
    left_out: result.leftOut,
    ref: result.ref,
    object: result.object === undefined ? null : digestOf(result.object),
    head: result.head ?? null,
    dry_run: isDry,
  }
}
