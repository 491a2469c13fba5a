import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('goes back to a state and says how to return', async () => {
  await cli.ok(['init', '--quiet'])
  const file = join(cli.project, 'a.env')
  for (const value of ['1', '2', '3']) {
    writeFileSync(file, `A=${value}\n`)
    await cli.ok(['CFG', `set ${value}`, '--file', 'a.env'])
  }
  const back = await cli.run(['reset', '--hard', 'HEAD~2'])
  expect(back.stdout).toMatch(/^main is now at ATOM-CFG-20260102-002 [0-9a-f]{10} set 1\n$/)
  expect(back.stderr).toMatch(/^2 ATOMs left the branch; back: atom reset --hard [0-9a-f]{10}, or atom undo\n$/)
  expect(readFileSync(file, 'utf8')).toBe('A=1\n')
  expect(JSON.parse(await cli.ok(['reset', '--hard', 'main@{1}', '--json']))).toMatchObject({ ref: 'refs/heads/main', left: 0, atom: { title: 'set 3' } })
  writeFileSync(file, 'local\n')
  expect(await cli.run(['reset', '--hard', 'HEAD~1'])).toMatchObject({ exitCode: 4 })
  await cli.ok(['reset', 'HEAD~1'])
  expect(readFileSync(file, 'utf8')).toBe('local\n')
  expect(await cli.run(['reset', '--hard', '--soft'])).toMatchObject({ exitCode: 2 })
})
