import { describe, expect, it } from 'vitest'
import { makeCompletionCommand } from '../../../src/cli/commands/completion.js'
import { runInProcess } from '../../helpers/cli.js'
import { SAMPLE } from '../sample.js'

describe('completion', () => {
  it('prints the script of each shell and refuses others', async () => {
    const completion = makeCompletionCommand(SAMPLE)
    expect((await runInProcess(completion, ['zsh'])).stdout).toMatch(/^#compdef atom\n/)
    await expect(runInProcess(completion, ['tcsh'])).rejects.toMatchObject({ code: 'USAGE' })
  })
})
