import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('says where a branch was, so that one can go back', async () => {
  await cli.ok(['init', '--quiet'])
  await cli.ok(['add', 'DECISION', 'first'])
  await cli.ok(['reset', '--hard', 'HEAD~1'])
  expect((await cli.ok(['reflog', 'main'])).split('\n').map((line) => line.slice(11, 25))).toEqual(['main@{0}: rese', 'main@{1}: add:', 'main@{2}: init', ''])
  expect(await cli.ok(['reflog', 'show', 'main'])).toBe(await cli.ok(['reflog', 'main']))
  expect((await cli.run(['reflog', 'main', 'side'])).exitCode).toBe(2)
  await cli.ok(['reset', '--hard', 'main@{1}'])
  expect(await cli.ok(['log', '--oneline', '-1'])).toContain('first')
})

it('shows the id where HEAD was on each move, also where that only named another branch', async () => {
  await cli.ok(['init', '-q'])
  const ids = async (): Promise<readonly string[]> => (await cli.ok(['reflog'])).trimEnd().split('\n').map((line) => line.slice(0, 20))
  const tip = async (): Promise<string> => (await cli.ok(['rev-parse', 'HEAD'])).slice(0, 10)
  const first = await tip()
  await cli.ok(['branch', 'side'])
  await cli.ok(['add', 'DECISION', 'second'])
  const second = await tip()
  await cli.ok(['switch', 'side'])
  await cli.ok(['switch', 'main'])
  await cli.ok(['add', 'DECISION', 'third'])
  expect(await ids()).toEqual([await tip(), second, first, second, first].map((id, moves) => `${id} HEAD@{${String(moves)}}:`))
})
