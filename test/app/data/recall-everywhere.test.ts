import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recallEverywhere } from '../../../src/app/data/recall-everywhere.js'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

async function aProject(name: string, title: string): Promise<string> {
  const cwd = join(cli.home, name)
  mkdirSync(cwd)
  await cli.ok(['init', '--quiet'], { cwd })
  await cli.ok(['add', 'RESEARCH', title], { cwd })
  return cwd
}

describe('recall --all-projects', () => {
  it('finds what another project knows, from anywhere, and says where', async () => {
    const [games, work] = [await aProject('games', 'Cyberpunk needs Proton-GE'), await aProject('work', 'the printer needs a driver')]
    const nowhere = { cwd: cli.home }
    const lines = (await cli.ok(['recall', 'cyberpunk', 'proton', '--all-projects', '--json'], nowhere)).trim().split('\n').map((line) => JSON.parse(line) as { readonly place: string; readonly atom: { readonly title: string } })
    expect(lines.map(({ place, atom }) => [place, atom.title])).toEqual([[games, 'Cyberpunk needs Proton-GE']])
    expect(await cli.ok(['recall', 'what needs what', '--all-projects'], { cwd: work })).toContain(` in ${games}`)
    expect(await cli.run(['recall', 'cyberpunk'], { cwd: work })).toMatchObject({ exitCode: 1, stdout: '' })
    expect(await cli.run(['recall', 'xylophone', '--all-projects'], { cwd: work })).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('any of your trails') })
  })

  it('names a store that cannot be read, and answers from the others', async () => {
    await aProject('games', 'Cyberpunk needs Proton-GE')
    const broken = await aProject('broken', 'Cyberpunk too')
    writeFileSync(join(broken, '.atom/format'), 'atom 99\n')
    const { exitCode, stdout, stderr } = await cli.run(['recall', 'cyberpunk', '--all-projects'], { cwd: cli.home })
    expect([exitCode, stdout, stderr]).toEqual([0, expect.stringContaining('Proton-GE'), expect.stringContaining(`not looked in ${broken}/.atom: this store has format 99`)])
  })

  it('gives at most as many as asked for, over all', async () => {
    for (const name of ['one', 'two', 'three']) await aProject(name, `${name} knows dxvk`)
    const context = { cwd: cli.home, env: cli.env(), reporter: { warn: () => undefined, progress: () => undefined }, signal: new AbortController().signal }
    expect(await recallEverywhere({ words: 'dxvk', limit: 2, full: false }, context)).toHaveLength(2)
    expect(await recallEverywhere({ words: 'dxvk', full: false }, context)).toHaveLength(3)
  })
})
