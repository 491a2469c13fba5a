import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('records what a command said and changed, and ends as the command did', async () => {
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  await cli.ok(['commit', '-A', '-m', 'base'])
  const ran = await cli.run(['run', '-m', 'raise it', '--json', '--', 'sh', '-c', 'echo said; echo A=2 > a.env; exit 3'])
  expect(ran.exitCode).toBe(3)
  expect(ran.stderr).toContain('said')
  expect(JSON.parse(ran.stdout)).toMatchObject({
    type: 'TASK', operation: 'run', title: 'raise it', metadata: { exit_code: 3 }, files: [{ path: 'a.env', change: 'modify' }], evidence: [{ name: 'stdout' }],
  })
})

it('records nothing where there is no such program', async () => {
  await cli.ok(['init', '--quiet'])
  expect(await cli.run(['run', '--json', '--', './no-such-program'])).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('"code":"COMMAND_FAILED"') })
  expect((await cli.ok(['log', '--oneline'])).split('\n')).toHaveLength(2)
})

it('records also while a merge waits: what a command did is done', async () => {
  await cli.ok(['init', '--quiet'])
  const put = (content: string): void => { writeFileSync(join(cli.project, 'f.txt'), content) }
  put('one\n')
  await cli.ok(['commit', '-A', '-m', 'base'])
  await cli.ok(['fork', 'HEAD', 'side'])
  put('theirs\n')
  await cli.ok(['commit', '-a', '-m', 'theirs'])
  await cli.ok(['switch', 'main'])
  put('ours\n')
  await cli.ok(['commit', '-a', '-m', 'ours'])
  expect(await cli.run(['merge', 'side'])).toMatchObject({ exitCode: 1 })
  await cli.ok(['run', '--quiet', '--', 'sh', '-c', 'echo log > report.txt'])
  expect(await cli.ok(['log', '-1', '--name-only', '--format=%s'])).toContain('report.txt')
  put('both\n')
  await cli.ok(['merge', '--continue'])
  expect(readFileSync(join(cli.project, 'f.txt'), 'utf8')).toBe('both\n')
})
