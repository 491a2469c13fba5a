import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('brings a file back, an edited one with --force, an old one with --source', async () => {
  await cli.ok(['init'])
  const file = join(cli.project, 'a.env')
  for (const text of ['one', 'two']) {
    writeFileSync(file, text)
    await cli.ok(['add', 'CFG', text, '--file', 'a.env'])
  }
  rmSync(file)
  expect(JSON.parse(await cli.ok(['restore', 'a.env', '--json']))).toMatchObject({ written: ['a.env'], dry_run: false })
  writeFileSync(file, 'mine')
  const refused = await cli.run(['restore', 'a.env'])
  expect([refused.exitCode, refused.stderr]).toEqual([4, expect.stringContaining('--force')])
  expect(await cli.ok(['restore', '-nf', 'a.env'])).toBe('write   a.env\n')
  await cli.ok(['restore', '-f', '-s', 'HEAD~1', 'a.env'])
  expect(readFileSync(file, 'utf8')).toBe('one')
  expect((await cli.run(['restore', 'none'])).exitCode).toBe(3)
})
