import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'libsql'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'
import { aDatabase, ask, putProject } from '../../helpers/context-sync.js'

const cli = useCli()

it('export context-sync says what it wrote and where; again, with nothing new, it writes nothing', async () => {
  await cli.ok(['init', '-q'])
  await cli.ok(['add', 'DECISION', 'Use DXVK 2.4', '--reason', '2.3 stutters'])
  const file = join(cli.project, 'memory.db')
  expect(await cli.run(['export', 'context-sync', 'memory.db', '-n'])).toMatchObject({ exitCode: 0, stdout: '', stderr: `would write 2 ATOMs to ${file}: 4 rows added, 0 changed, 0 taken out, 0 as they were\n` })
  expect(existsSync(file)).toBe(false)
  expect((await cli.run(['export', 'context-sync', 'memory.db'])).stderr).toBe(`2 ATOMs in ${file}: 4 rows added, 0 changed, 0 taken out, 0 as they were\n`)
  expect(ask(file, 'SELECT path FROM projects JOIN decisions ON project_id = projects.id')).toEqual([cli.project])
  expect(JSON.parse(await cli.ok(['export', 'context-sync', 'memory.db', '--json']))).toEqual({
    file, new: false, backup: null, atoms: 2, rows: { added: 0, changed: 0, removed: 0, same: 4 }, changed_there: 0, changed_there_rows: [], deleted_there: 0, left_out: 0,
    projects: [{ name: 'project', path: cli.project }], atom_trail: 'carried', dry_run: false,
  })
})

it('export context-sync names the copy, what servers changed and projects without a folder, and takes one with --path', async () => {
  await cli.ok(['init', '-q'])
  await cli.ok(['add', 'TASK', 'Tune it'])
  await cli.ok(['add', 'DOC', 'of the blog', '--project', 'blog'])
  const file = join(cli.home, 'data.db')
  const database = aDatabase(file, 'S3')
  putProject(database, 'p1', '/x')
  const first = await cli.run(['export', 'context-sync', file])
  expect(first.stderr).toContain(`the file as it was: ${join(cli.home, 'data.before-atom.db')}\n`)
  expect(first.stderr).toContain('the folder of the project "blog" is not known, so it is shown as part of this one: --path blog=DIR\n')
  database.exec('UPDATE active_work SET task = \'Tune it more\'')
  database.close()
  const again = await cli.run(['export', 'context-sync', file, '--path', 'blog=../blog'])
  expect(again.stderr).toContain(`1 row was changed there: left so; atom import context-sync ${file} takes them`)
  expect(ask(file, 'SELECT path FROM projects JOIN notes ON project_id = projects.id')).toEqual([join(cli.project, '../blog')])
  expect(await cli.ok(['import', 'context-sync', file])).toContain('took 1 new and 1 changed row of ')
})

it('export context-sync ends with what is wrong, and changes nothing then', async () => {
  await cli.ok(['init', '-q'])
  const other = new Sqlite(join(cli.project, 'other.db'))
  other.exec('CREATE TABLE t (a)')
  other.close()
  const refused = await cli.run(['export', 'context-sync', 'other.db', '--json'])
  expect([refused.exitCode, JSON.parse(refused.stderr)]).toMatchObject([2, { error: { code: 'FILE_UNWRITABLE', kind: 'usage' } }])
  expect(ask(join(cli.project, 'other.db'), 'SELECT name FROM sqlite_schema')).toEqual(['t'])
})
