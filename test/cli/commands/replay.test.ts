import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('lays the steps out one after the other, and runs commands again only when asked', async () => {
  await cli.ok(['init', '--quiet'])
  const file = join(cli.project, 'a.env')
  writeFileSync(file, 'A=1\n')
  await cli.ok(['CFG', 'start', '--file', 'a.env'])
  await cli.ok(['run', '--', 'sh', '-c', 'echo B=1 >> a.env'])
  await cli.ok(['run', '--', 'sh', '-c', 'pwd > where.txt'])
  const out = join(cli.home, 'out')
  const lines = (await cli.ok(['replay', 'HEAD~3..', '--to', out, '--json'])).trim().split('\n').map((line) => JSON.parse(line) as { matches: boolean; commands: unknown[] })
  expect(lines.map(({ matches, commands }) => [matches, commands.length])).toEqual([[true, 0], [true, 0], [true, 0]])
  expect(readFileSync(join(out, 'a.env'), 'utf8')).toBe('A=1\nB=1\n')
  expect(await cli.run(['replay', 'HEAD~3..', '--to', out])).toMatchObject({ exitCode: 4 })
  const ran = await cli.run(['replay', 'HEAD~3..', '--to', join(cli.home, 'other'), '--run'])
  expect(ran.exitCode).toBe(1)
  expect(ran.stderr).toContain("will run: sh -c 'echo B=1 >> a.env'")
  expect(ran.stdout).toMatch(/same {4}ATOM-TASK-20260102-003 .*\n {4}ran .*exit code 0\ndiffers ATOM-TASK-20260102-004 .*\n {4}ran .*\n {4}otherwise: where.txt\n/)
  expect(await cli.run(['replay', 'HEAD..HEAD', '--to', out])).toMatchObject({ exitCode: 2 })
  expect(await cli.run(['replay', 'HEAD~1..'])).toMatchObject({ exitCode: 2 })
  expect(existsSync(join(cli.project, 'out'))).toBe(false)
})
