import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()
const put = (path: string, content: string): void => { writeFileSync(join(cli.project, path), content) }
const read = (path: string): string => readFileSync(join(cli.project, path), 'utf8')

it('reverts what a command did, and names the command', async () => {
  await cli.ok(['init', '--quiet'])
  put('a.env', 'A=1\n')
  await cli.ok(['CFG', 'start', '--file', 'a.env'])
  await cli.ok(['run', '--', 'sh', '-c', 'echo B=1 >> a.env; echo x > made.txt'])
  const reverted = await cli.run(['revert', 'HEAD', '--json'])
  expect(reverted.exitCode).toBe(0)
  expect(JSON.parse(reverted.stdout)).toMatchObject({
    result: 'reverted', conflicts: [], atom: { type: 'REVERT', operation: 'revert', metadata: { reverts: [expect.stringMatching(/^[0-9a-f]{64}$/)] } }, commands: [['sh', '-c', 'echo B=1 >> a.env; echo x > made.txt']],
  })
  expect([read('a.env'), existsSync(join(cli.project, 'made.txt'))]).toEqual(['A=1\n', false])
})

it('writes to the home folder only with leave, and says with which command', async () => {
  await cli.ok(['init', '--quiet'])
  mkdirSync(join(cli.home, 'conf'))
  const file = join(cli.home, 'conf/x.env')
  for (const value of ['1', '2']) {
    writeFileSync(file, `A=${value}\n`)
    await cli.ok(['CFG', `set ${value}`, '--file', file])
  }
  const refused = await cli.run(['revert', 'HEAD'])
  expect([refused.exitCode, readFileSync(file, 'utf8')]).toEqual([4, 'A=2\n'])
  expect(refused.stderr).toContain('atom restore --scope home ~/conf/x.env')
  expect(await cli.ok(['revert', 'HEAD', '--scope', 'home'])).toMatch(/^ATOM-REVERT-/)
})

it('picks one change from another branch, and stops where it cannot', async () => {
  await cli.ok(['init', '--quiet'])
  put('f.txt', 'one\n')
  await cli.ok(['commit', '-A', '-m', 'base'])
  await cli.ok(['fork', 'HEAD', 'side'])
  put('g.txt', 'g\n')
  await cli.ok(['commit', '-A', '-m', 'wanted'])
  put('f.txt', 'theirs\n')
  await cli.ok(['commit', '-a', '-m', 'clash'])
  await cli.ok(['switch', 'main'])
  put('f.txt', 'ours\n')
  await cli.ok(['commit', '-a', '-m', 'ours'])
  expect(await cli.ok(['cherry-pick', 'side~1'])).toMatch(/^ATOM-COMMIT-/)
  expect([read('g.txt'), read('f.txt')]).toEqual(['g\n', 'ours\n'])
  expect(await cli.run(['cherry-pick', 'side'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('atom cherry-pick --continue') })
  await cli.ok(['cherry-pick', '--abort'])
  expect(read('f.txt')).toBe('ours\n')
  expect(await cli.run(['cherry-pick'])).toMatchObject({ exitCode: 2 })
})
