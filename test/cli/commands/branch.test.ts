import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('makes, lists, renames and deletes branches as git does', async () => {
  await cli.ok(['init', '--quiet'])
  expect(await cli.ok(['branch', 'try', 'HEAD'])).toBe('')
  expect(await cli.ok(['branch'])).toBe('* main\n  try\n')
  const items = (await cli.ok(['branch', '--json'])).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(items[0]).toEqual({ name: 'main', object: expect.stringMatching(/^[0-9a-f]{64}$/), atom_id: 'ATOM-INIT-20260102-001', current: true, upstream: null })
  expect(items[1]).toMatchObject({ name: 'try', current: false })
  expect(await cli.ok(['branch', '-v'])).toContain('ATOM-INIT-20260102-001 Start of project')
  await cli.ok(['branch', '-m', 'try', 'tried'])
  expect(await cli.ok(['branch', '--show-current'])).toBe('main\n')
  expect(await cli.ok(['branch', '-d', 'tried'])).toMatch(/^Deleted branch tried \(was [0-9a-f]{10}\)\.\n$/)
})

it('says what is wrong and what to type', async () => {
  await cli.ok(['init', '--quiet'])
  expect(await cli.run(['branch', 'main'])).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('atom switch main') })
  expect(await cli.run(['branch', '-d', 'main'])).toMatchObject({ exitCode: 4 })
  expect(await cli.run(['branch', '-d', 'nothing'])).toMatchObject({ exitCode: 3 })
  expect(await cli.run(['branch', 'a..b', '--json'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('"code":"REF_NAME_INVALID"') })
  expect(await cli.run(['branch', '-d', '-m', 'x'])).toMatchObject({ exitCode: 2 })
})

it('lists what fits a pattern', async () => {
  await cli.ok(['init', '--quiet'])
  for (const name of ['feat/a', 'feat/b', 'fix']) await cli.ok(['branch', name])
  expect(await cli.ok(['branch', '--list', 'feat/*'])).toBe('  feat/a\n  feat/b\n')
  expect(await cli.ok(['branch', '-l', 'm*', 'fix'])).toBe('  fix\n* main\n')
})
