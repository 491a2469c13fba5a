import { expect, it } from 'vitest'
import { replay } from '../../../src/ops/undo/replay.js'
import { codeOfAsync, record, runAll } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'

it('lists the steps oldest first, after the state they start from, with the commands of each', async () => {
  const repo = await aRepo()
  await record(repo, { 'a.env': 'A=1\n' }, 'one')
  const about = { name: 'out', phase: 'other', command: ['make', 'x'], exitCode: 2 } as const
  await repo.add({ title: 'two', evidence: [about, { ...about, name: 'err' }, { name: 'fps', phase: 'after', value: 60 }] })
  const steps = await runAll(repo, replay, { range: 'HEAD~2..' })
  expect(steps.map(({ is, title, commands }) => [is, title, commands])).toEqual([['start', 'Start of demo', []], ['step', 'one', []], ['step', 'two', [{ command: ['make', 'x'], exitCode: 2 }]]])
  expect((await runAll(repo, replay, { range: 'HEAD' })).map(({ is }) => is)).toEqual(['step', 'step', 'step'])
  expect(await codeOfAsync(runAll(repo, replay, { range: 'HEAD..HEAD~1' }))).toBe('INPUT_INVALID')
  expect(await codeOfAsync(runAll(repo, replay, { range: 'HEAD...HEAD~1' }))).toBe('INPUT_INVALID')
})
