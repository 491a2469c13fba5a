/**
 * Under which name an ATOM stands in `atom_trail`. In KENL's own table the atom id is the key, and two ATOMs may have the same one: the first to come keeps it, each
 * other one stands under `ATOM-…-003-<12 hex digits of its object>`, which names it for `atom` too. `object` says which one it is in any case.
 */
import type { Cells } from '../../ops/transfer/context-sync/synced-row.js'
import type { Connection } from '../sqlite/database.js'
import { TRAIL } from './schema.js'
import type { Wanted } from './staging.js'
import type { Target } from './target.js'

export interface TrailNames {
  /** Returns the cells of a row as this table can hold them. MUST be asked in the order of the trail. */
  cellsOf(wanted: Wanted): Cells
}

const HEX = 12

export function createTrailNames(connection: Connection, { trail, tables }: Target): TrailNames {
  const fitting = (cells: Cells): Cells => new Map([...cells].filter(([name]) => trail.columns.includes(name)))
  if (!trail.isKeyedByAtomId) return { cellsOf: ({ cells }) => fitting(cells) }
  connection.exec('DROP TABLE IF EXISTS temp.names; CREATE TEMP TABLE names (object TEXT PRIMARY KEY, atom_id TEXT UNIQUE) WITHOUT ROWID')
  const note = connection.prepare('INSERT OR IGNORE INTO temp.names VALUES (?, ?)')
  const byObject = connection.prepare('SELECT atom_id FROM temp.names WHERE object = ?')
  const taken = connection.prepare('SELECT 1 FROM temp.names WHERE atom_id = ?')
  const hasObject = tables.has(TRAIL) && trail.is === 'ours'
  const thereByObject = hasObject ? connection.prepare(`SELECT atom_id FROM ${TRAIL} WHERE object = ?`) : undefined
  const thereByName = connection.prepare(`SELECT 1 FROM ${TRAIL} WHERE atom_id = ?`)
  const nameOf = (object: string, atomId: string): string => {
    const there = thereByObject?.all([object])[0]?.[0]
    if (typeof there === 'string') return there
    return taken.all([atomId]).length > 0 || thereByName.all([atomId]).length > 0 ? `${atomId}-${object.slice(0, HEX)}` : atomId
  }
  return {
    cellsOf({ cells, object, previous }) {
      const name = nameOf(object, String(cells.get('atom_id')))
      note.run([object, name])
      const parent = previous === undefined ? undefined : byObject.all([previous])[0]?.[0]
      return fitting(new Map([...cells, ['atom_id', name], ...(typeof parent === 'string' ? [['previous_atom', parent] as const] : [])]))
    },
  }
}
