import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()
const put = (path: string, content: string): void => { writeFileSync(join(cli.project, path), content) }
const read = (path: string): string => readFileSync(join(cli.project, path), 'utf8')

it('takes a recording back with its files, and redoes it', async () => {
  await cli.ok(['init', '--quiet'])
  put('a.env', 'A=1\n')
  await cli.ok(['CFG', 'first', '--file', 'a.env'])
  put('a.env', 'A=2\n')
  put('b.env', 'B=1\n')
  await cli.ok(['CFG', 'second', '--file', 'a.env', '--file', 'b.env'])
  const undone = JSON.parse(await cli.ok(['undo', '--json'])) as { undone: unknown; seq: number }
  expect(undone).toMatchObject({ seq: 4, command: 'undo', undone: { seq: 3, command: 'add' } })
  expect([read('a.env'), existsSync(join(cli.project, 'b.env'))]).toEqual(['A=1\n', false])
  expect(await cli.ok(['undo'])).toMatch(/^Undid undo #4 /)
  expect([read('a.env'), read('b.env')]).toEqual(['A=2\n', 'B=1\n'])
})

it("protects local changes and other agents' moves", async () => {
  await cli.ok(['init', '--quiet'])
  put('a.env', 'A=1\n')
  await cli.ok(['CFG', 'first', '--file', 'a.env'])
  expect(await cli.run(['undo'], { env: { ATOM_AGENT: 'qwen' } })).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('user:ann') })
  put('a.env', 'local\n')
  expect(await cli.run(['undo'])).toMatchObject({ exitCode: 4 })
  expect(await cli.ok(['undo', '--dry-run'])).toContain('Would undo add')
  expect(read('a.env')).toBe('local\n')
  expect(await cli.run(['undo', '1'])).toMatchObject({ exitCode: 3 })
})
