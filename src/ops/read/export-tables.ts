/** `export.tables`: the tables of the trail as a file of its own, with the objects that prove them where asked for. */
import { checkInput, filledText, flag } from '../check.js'
import type { Operation } from '../operation.js'
import type { ExportedTables, ExportTablesWish } from '../ports.js'
import { tablesOf } from './follow-tables.js'

export const exportTables: Operation<ExportTablesWish, ExportedTables> = {
  name: 'export.tables',
  summary: 'Write the trail as a SQLite database',
  effect: 'read',
  errors: ['LOCAL_CHANGES', 'STORE_FULL', 'FILE_UNWRITABLE', 'UNSUPPORTED', 'OBJECT_NOT_FOUND'],
  check: checkInput<ExportTablesWish>({ file: filledText, withObjects: flag, force: flag }),
  run: async (repo, input) => (await tablesOf(repo)).exportTo(input, repo),
}
