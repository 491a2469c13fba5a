import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

/** Two ATOMs: a.env and ~/.conf are `one`, then `two`. */
async function aStart(): Promise<void> {
  await cli.ok(['init'])
  for (const text of ['one', 'two']) {
    writeFileSync(join(cli.project, 'a.env'), text)
    writeFileSync(join(cli.home, '.conf'), text)
    await cli.ok(['add', 'CFG', text, '--file', 'a.env', '--file', '~/.conf'])
  }
}
const read = (path: string): string => readFileSync(path, 'utf8')

describe('atom checkout', () => {
  it('does the project part, lists the rest with the command to type, and that command does it', async () => {
    await aStart()
    const first = await cli.run(['checkout', 'HEAD~1', '--json'])
    expect(first.exitCode).toBe(4)
    expect(JSON.parse(first.stdout)).toMatchObject({ branch: null, detached: true, written: ['a.env'], lacking: ['~/.conf'] })
    const { error } = JSON.parse(first.stderr.trim().split('\n').at(-1) ?? '') as { error: { code: string; hint: string } }
    expect(error).toMatchObject({ code: 'SCOPE_REFUSED', hint: 'atom restore --scope home ~/.conf' })
    expect([read(join(cli.project, 'a.env')), read(join(cli.home, '.conf'))]).toEqual(['one', 'two'])
    await cli.ok(error.hint.split(' ').slice(1).map((word) => word.replace(/^~/, cli.home)))
    expect(read(join(cli.home, '.conf'))).toBe('one')
    expect(JSON.parse(await cli.ok(['status', '--json']))).toMatchObject({ branch: null, changes: [] })
  })
  it('stops at local changes with exit 4, shows the plan with --dry-run, goes on with --force', async () => {
    await aStart()
    writeFileSync(join(cli.project, 'a.env'), 'mine')
    const refused = await cli.run(['checkout', 'HEAD~1', '--scope', 'home,system'])
    expect([refused.exitCode, refused.stdout]).toEqual([4, ''])
    expect(refused.stderr).toMatch(/a\.env/)
    expect(await cli.ok(['checkout', 'HEAD~1', '--dry-run'])).toBe('leave   ~/.conf  (needs --scope home)\nrefuse  a.env  (it has changes that no ATOM carries)\n')
    expect(read(join(cli.project, 'a.env'))).toBe('mine')
    await cli.ok(['checkout', 'HEAD~1', '--force', '--scope', 'home'])
    expect(read(join(cli.project, 'a.env'))).toBe('one')
    const back = await cli.run(['switch', 'main', '--scope', 'home'])
    expect([back.exitCode, back.stderr]).toEqual([0, 'Switched to branch main\n'])
  })
  it('lays out a whole tree elsewhere with --to', async () => {
    await aStart()
    await cli.ok(['checkout', 'HEAD~1', '--to', '../monday'])
    expect([read(join(cli.home, 'monday/a.env')), read(join(cli.home, 'monday/.atom-home/.conf')), read(join(cli.project, 'a.env'))]).toEqual(['one', 'one', 'two'])
  })
  it('puts single files back, also from a folder inside', async () => {
    await aStart()
    mkdirSync(join(cli.project, 'sub'))
    await cli.ok(['checkout', 'HEAD~1', '--', '../a.env'], { cwd: join(cli.project, 'sub') })
    expect(JSON.parse(await cli.ok(['status', '--json']))).toMatchObject({ branch: 'main', changes: [{ path: 'a.env', change: 'modify' }] })
    expect(JSON.parse(await cli.ok(['restore', '--force', 'a.env', '--json']))).toMatchObject({ written: ['a.env'], removed: [], lacking: [] })
  })
  it('makes a branch with -b, and switch with -c', async () => {
    await aStart()
    const made = await cli.run(['checkout', '-b', 'try'])
    expect(made.stderr).toBe('Switched to a new branch try\n')
    await cli.ok(['switch', '-c', 'again', 'main'])
    expect((await cli.run(['switch', '-c', 'try'])).exitCode).toBe(4)
    expect((await cli.run(['switch', 'HEAD~1'])).exitCode).toBe(3)
    expect(JSON.parse(await cli.ok(['status', '--json']))).toMatchObject({ branch: 'again' })
  })
})
