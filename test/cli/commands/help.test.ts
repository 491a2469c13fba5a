import { describe, expect, it } from 'vitest'
import { makeHelpCommand } from '../../../src/cli/commands/help.js'
import { runInProcess } from '../../helpers/cli.js'
import { SAMPLE } from '../sample.js'

describe('help', () => {
  const help = makeHelpCommand(SAMPLE)
  it('shows all, one, and one below another', async () => {
    expect((await runInProcess(help, [])).stdout).toContain('usage: atom')
    expect((await runInProcess(help, ['log'])).stdout).toContain('usage: atom log')
    expect((await runInProcess(help, ['bisect', 'start'])).stdout).toContain('usage: atom bisect start')
  })

  it('prints JSON', async () => {
    const lines = (await runInProcess(help, ['--json'])).stdout.trim().split('\n').map((line) => (JSON.parse(line) as { name: string }).name)
    expect(lines).toEqual(SAMPLE.map(({ name }) => name))
    expect(JSON.parse((await runInProcess(help, ['bisect', '--json'])).stdout)).toMatchObject({ name: 'bisect', subcommands: ['start', 'log'] })
  })

  it('refuses what there is not', async () => {
    await expect(runInProcess(help, ['nosuch'])).rejects.toMatchObject({ code: 'USAGE' })
    await expect(runInProcess(help, ['bisect', 'nosuch'])).rejects.toMatchObject({ code: 'USAGE' })
  })
})
