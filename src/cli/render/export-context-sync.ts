/** What `export context-sync` says in the end: what was written, what was left as somebody else has it. */
import type { SyncedExport } from '../../ops/ports.js'
import type { Line } from '../terminal/output.js'

const ROWS_SHOWN = 10

export function renderExportContextSync(result: SyncedExport, isDry: boolean): readonly Line[] {
  const { inserted, updated, removed, same } = result
  const words = `: ${String(inserted)} ${inserted === 1 ? 'row' : 'rows'} added, ${String(updated)} changed, ${String(removed)} taken out, ${String(same)} as they were`
  return [
    [['plain', `${isDry ? 'would write ' : ''}${String(result.atoms)} ATOMs ${isDry ? 'to' : 'in'} `], ['path', result.file], ['plain', words]],
    ...(result.backup === undefined ? [] : [[['plain', 'the file as it was: '], ['path', result.backup]] as Line]),
    ...changedLines(result),
    ...(result.deletedThere === 0 ? [] : [[['plain', `${String(result.deletedThere)} ${result.deletedThere === 1 ? 'row was' : 'rows were'} deleted there: not written again`]] as Line]),
    ...(result.leftOut === 0 ? [] : [[['plain', `${String(result.leftOut)} imported ${result.leftOut === 1 ? 'row is' : 'rows are'} of projects that this file does not have`]] as Line]),
    ...(result.trail === 'carried' ? [] : [[['warn', 'there is an atom_trail with other columns'], ['plain', ': it was left alone, and the trail itself is not in this file']] as Line]),
    ...result.projects.flatMap(({ name, path }): Line[] => path === undefined ? [[['plain', `the folder of the project ${JSON.stringify(name)} is not known, so it is shown as part of this one: `], ['command', `--path ${/^[\w.-]+$/.test(name) ? name : 'NAME'}=DIR`]]] : []),
  ]
}

function changedLines({ file, changedThere, changedThereCount }: SyncedExport): readonly Line[] {
  if (changedThereCount === 0) return []
  const more: readonly Line[] = changedThereCount > ROWS_SHOWN ? [[['dim', `  … and ${String(changedThereCount - ROWS_SHOWN)} more (--json has them)`]]] : []
  return [
    [['warn', `${String(changedThereCount)} ${changedThereCount === 1 ? 'row was' : 'rows were'} changed there`], ['plain', ': left so; '], ['command', `atom import context-sync ${/^[\w./-]+$/.test(file) ? file : 'FILE'}`], ['plain', ' takes them']],
    ...changedThere.slice(0, ROWS_SHOWN).map(({ table, id }): Line => [['plain', '  '], ['path', table], ['plain', ` ${id}`]]),
    ...more,
  ]
}

export function exportContextSyncJson(result: SyncedExport, isDry: boolean): unknown {
  return {
    file: result.file,
    new: result.isNew,
    backup: result.backup ?? null,
    atoms: result.atoms,
    rows: { added: result.inserted, changed: result.updated, removed: result.removed, same: result.same },
    changed_there: result.changedThereCount,
    changed_there_rows: result.changedThere,
    deleted_there: result.deletedThere,
    left_out: result.leftOut,
    projects: result.projects.map(({ name, path }) => ({ name, path: path ?? null })),
    atom_trail: result.trail,
    dry_run: isDry,
  }
}
