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

it('says what cannot come back because it was forgotten, and ends with 1, as checkout does', async () => {
  await cli.ok(['init'])
  for (const text of ['one', 'two']) {
    writeFileSync(join(cli.project, 'a.env'), text)
    await cli.ok(['add', 'CFG', text, '--file', 'a.env'])
  }
  await cli.ok(['forget', 'a.env@HEAD~1', '--reason', 'secret'])
  for (const words of [['restore', '-s', 'HEAD~1', 'a.env'], ['checkout', 'HEAD~1', '--', 'a.env'], ['checkout', 'HEAD~1']]) {
    const { exitCode, stderr } = await cli.run(words)
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/not written: a\.env: .*forgotten[\s\S]*1 file could not be written/)])
  }
  expect(readFileSync(join(cli.project, 'a.env'), 'utf8')).toBe('two')
})
