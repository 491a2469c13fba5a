import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('removes a file and prints the ATOM that says so', async () => {
  await cli.ok(['init'])
  mkdirSync(join(cli.project, 'd'))
  for (const name of ['a', 'b', 'd/c']) writeFileSync(join(cli.project, name), name)
  await cli.ok(['commit', '-A', '-m', 'start'])
  expect(await cli.ok(['rm', 'a'])).toBe('ATOM-CFG-20260102-003\n')
  expect([existsSync(join(cli.project, 'a')), existsSync(join(cli.project, 'b'))]).toEqual([false, true])
  expect(await cli.ok(['rm', '-rn', 'd', 'b'])).toBe('remove  b\nremove  d/c\n')
  expect((await cli.run(['rm', 'd'])).exitCode).toBe(2)
  expect(JSON.parse(await cli.ok(['rm', '-n', 'd/c', '--json']))).toEqual({ dry_run: true, paths: ['d/c'] })
  expect(JSON.parse(await cli.ok(['status', '--json']))).toMatchObject({ changes: [] })
})
