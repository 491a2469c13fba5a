import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('export sqlite makes a file that atom sql and any client read, and replaces none unless told to', async () => {
  await cli.ok(['init', '-q'])
  const { exitCode, stderr } = await cli.run(['export', 'sqlite', 'trail.sqlite', '--with-objects'])
  expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^1 ATOMs and \d+ objects in trail\.sqlite, root [0-9a-f]{64}\n$/)])
  expect(existsSync(join(cli.project, 'trail.sqlite'))).toBe(true)
  expect(await cli.ok(['sql', '--file', join(cli.project, 'trail.sqlite'), '--csv', 'SELECT count(*) AS n FROM atom_trail'])).toBe('n\n1\n')
  expect((await cli.run(['export', 'sqlite', 'trail.sqlite'])).exitCode).toBe(4)
  expect(JSON.parse(await cli.ok(['export', 'sqlite', 'trail.sqlite', '--force', '--json']))).toMatchObject({ atoms: 1, objects: null })
})
