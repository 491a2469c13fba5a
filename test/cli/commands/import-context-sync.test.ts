import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'
import { aDatabase, putDecision, putNote, putProject } from '../../helpers/context-sync.js'

const cli = useCli()

function aServersFile(): string {
  const file = join(cli.home, 'data.db')
  const database = aDatabase(file, 'S3')
  putProject(database, 'p1', '/home/u/bazza', 'bazza')
  putDecision(database, 'd1', 'Use DXVK 2.4')
  putNote(database, 'n1', '\u001b[31mred\u001b[0m alert')
  database.exec('CREATE TABLE stray (a)')
  database.close()
  return file
}

it('import context-sync says what it took from where, and what to type next', async () => {
  const file = aServersFile()
  await cli.ok(['init', '-q'])
  expect(await cli.ok(['import', 'context-sync', file, '-n'])).toContain('would take 3 new and 0 changed rows of ')
  expect((await cli.ok(['log', '--json'])).trim().split('\n')).toHaveLength(1)
  expect(await cli.ok(['import', 'context-sync', file])).toBe(`took 3 new and 0 changed rows of ${file} (schema S3)
  projects: 1 row (1 new)
  decisions: 1 row (1 new)
  notes: 1 row (1 new)
left out stray (it is no table of context-sync (0 rows))
try:
  atom log --oneline
  atom recall "WORDS"
`)
  const shown = await cli.ok(['log', '--oneline'])
  expect(shown).toContain('Use DXVK 2.4')
  expect(shown).not.toContain('\u001b')
  expect(await cli.ok(['recall', 'DXVK'])).toContain('Use DXVK 2.4')
  const again = JSON.parse(await cli.ok(['import', 'context-sync', file, '--json'])) as Record<string, unknown>
  expect(again).toMatchObject({ file, schema: 'S3', new: 0, changed: 0, known: 3, exported: 0, deleted: 0, refused: 0, ref: 'refs/heads/context-sync', dry_run: false })
  expect((await cli.run(['verify'])).exitCode).toBe(0)
})

it('import context-sync names a branch where told, and ends with what is wrong with a file', async () => {
  const file = aServersFile()
  await cli.ok(['init', '-q'])
  await cli.ok(['add', 'DECISION', 'own'])
  const said = await cli.ok(['import', 'context-sync', file, '--branch', 'memory'])
  expect(said).toContain('atom merge memory')
  expect((await cli.ok(['log', '--oneline', 'memory'])).trim().split('\n')).toHaveLength(3)
  await cli.ok(['merge', 'memory'])
  expect(await cli.ok(['log', '--oneline'])).toContain('Use DXVK 2.4')
  const missing = await cli.run(['import', 'context-sync', 'nothing.db'])
  expect([missing.exitCode, missing.stdout, missing.stderr]).toEqual([3, '', expect.stringContaining('there is no such file')])
})
