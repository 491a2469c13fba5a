import { describe, expect, it } from 'vitest'
import { makeCompleteCommand } from '../../../src/cli/commands/complete.js'
import { runInProcess } from '../../helpers/cli.js'
import { SAMPLE } from '../sample.js'

describe('__complete', () => {
  it('prints words, and nothing where it knows none', async () => {
    const complete = makeCompleteCommand(SAMPLE, () => Promise.resolve(['main', 'other']))
    expect((await runInProcess(complete, ['refs'])).stdout).toBe('main\nother\n')
    expect((await runInProcess(complete, ['types'])).stdout).toMatch(/^INIT\nDECISION\n/)
    expect((await runInProcess(complete, ['commands'])).stdout).toMatch(/^add\nrun\n/)
    expect((await runInProcess(complete, ['nosuch'])).stdout).toBe('')
  })

  it('never fails', async () => {
    const complete = makeCompleteCommand(SAMPLE, () => Promise.reject(new Error('no store here')))
    expect(await runInProcess(complete, ['refs'])).toEqual({ stdout: '', stderr: '', exitCode: 0 })
  })
})
