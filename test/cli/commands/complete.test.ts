import { describe, expect, it } from 'vitest'
import { makeCompleteCommand } from '../../../src/cli/commands/complete.js'
import { pointAt } from '../../../src/refs/ref.js'
import { answersOf, runInProcess } from '../../helpers/cli.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { SAMPLE } from '../sample.js'

describe('__complete', () => {
  it('prints words, and nothing where it knows none', async () => {
    const complete = makeCompleteCommand(SAMPLE, () => Promise.resolve(['main', 'other']))
    expect((await runInProcess(complete, ['refs'])).stdout).toBe('main\nother\n')
    expect((await runInProcess(complete, ['types'])).stdout).toMatch(/^INIT\nDECISION\n/)
    expect((await runInProcess(complete, ['commands'])).stdout).toMatch(/^add\nrun\n/)
    expect((await runInProcess(complete, ['nosuch'])).stdout).toBe('')
  })

  it('asks the store for branches and tags', async () => {
    const repo = await aRepo()
    await repo.writer.transact({ agent: 'tester', command: 'test' }, (tx) => {
      for (const ref of ['refs/heads/try-x', 'refs/tags/v1']) tx.edit({ ref, expected: undefined, next: pointAt(repo.index.node(0).id) })
    })
    expect((await runInProcess(makeCompleteCommand(SAMPLE), ['refs'], { runOperation: answersOf(repo) })).stdout).toBe('main\ntry-x\nv1\n')
  })

  it('never fails', async () => {
    const complete = makeCompleteCommand(SAMPLE, () => Promise.reject(new Error('no store here')))
    expect(await runInProcess(complete, ['refs'])).toEqual({ stdout: '', stderr: '', exitCode: 0 })
  })
})
