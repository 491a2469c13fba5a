/** Databases that real servers wrote: taken over whole, and exported to. Not part of the project: `dataPath` says where they are looked for. */
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSyncedSource } from '../../../src/capture/context-sync/history.js'
import { importContextSync } from '../../../src/ops/transfer/context-sync/import-context-sync.js'
import { exportSynced } from '../../../src/views/context-sync/export.js'
import { openSyncedTables } from '../../../src/views/context-sync/source.js'
import { run } from '../../helpers/branches.js'
import { allRows, ask } from '../../helpers/context-sync.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { dataPath } from '../../helpers/suites.js'

const newFolder = temporaryFolders()
const data = dataPath('context-sync')
const operation = importContextSync(async (file) => createSyncedSource(await openSyncedTables(file)))

describe.skipIf(data === undefined)('databases of real servers', () => {
  it.each([['v0.1.0', 'S1', 8], ['v0.6.3', 'S2', 8], ['v2.0.0', 'S3', 12]])('of %s: every row is taken, and stands as it did after an export', async (version, schema, rows) => {
    const file = join(newFolder(), 'data.db')
    copyFileSync(join(data ?? '', `context-sync-${version}.db`), file)
    const before = readFileSync(file)
    const tables = ask(file, 'SELECT name FROM sqlite_schema WHERE type = \'table\'').map(String)
    const had = tables.map((table) => allRows(file, table))
    const [one, two] = [await aRepo({ seed: 'one' }), await aRepo({ seed: 'two' })]
    const result = await run(one, operation, { file })
    expect(result).toMatchObject({ schema, added: rows, oddCount: 0, refusedCount: 0, leftOut: [] })
    expect((await run(two, operation, { file })).object).toBe(result.object)
    expect(readFileSync(file).equals(before)).toBe(true)
    await one.add({ title: 'something new' })
    const wish = { file, root: '/home/user/projects/bazza-dx', project: 'demo', paths: {}, dryRun: false }
    // The decision, and the row of atom_trail that each ATOM has: what came from here is here.
    expect(await exportSynced(wish, one)).toMatchObject({ inserted: rows + 2, updated: 0, removed: 0, changedThereCount: 0 })
    tables.forEach((table, index) => { expect(allRows(file, table)).toEqual(expect.arrayContaining(had[index] as unknown[])) })
    expect(ask(file, 'SELECT count(*) FROM projects WHERE path = \'/home/user/projects/bazza-dx\'')).toEqual([1])
    expect(await run(one, operation, { file })).toMatchObject({ added: 0, changed: 0, known: rows, exported: rows + 2 })
  })
})
