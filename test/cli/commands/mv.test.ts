import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('moves a file and prints the ATOM that says so', async () => {
  await cli.ok(['init'])
  mkdirSync(join(cli.project, 'd'))
  for (const name of ['a', 'b', 'd/c']) writeFileSync(join(cli.project, name), name)
  await cli.ok(['commit', '-A', '-m', 'start'])
  expect(JSON.parse(await cli.ok(['mv', 'b', 'd', '-m', 'Tidy up', '--json']))).toMatchObject({ title: 'Tidy up', operation: 'move_file', files: [{ path: 'b', change: 'delete' }, { path: 'd/b', change: 'add' }] })
  expect(await cli.ok(['mv', '-n', 'd', 'e'])).toBe('write   e/b\nwrite   e/c\n')
  expect(await cli.ok(['mv', 'd', 'e'])).toBe('ATOM-CFG-20260102-004\n')
  expect((await cli.run(['mv', 'a', 'e/c'])).exitCode).toBe(4)
  expect(JSON.parse(await cli.ok(['status', '--json']))).toMatchObject({ changes: [] })
})
