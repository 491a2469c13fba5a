import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { git, hasGit } from '../helpers/git.js'
import { useCli } from '../helpers/cli.js'

const cli = useCli()

describe.skipIf(!hasGit())('a trail on a git host (needs git)', () => {
  it('is pushed, cloned, forgotten from and pushed again, by people who only type commands', async () => {
    const { ok, project, home } = cli
    await ok(['init'])
    writeFileSync(join(project, 'secret.env'), 'TOKEN=hunter2\n')
    await ok(['add', 'CFG', 'With a secret', '--file', 'secret.env'])
    writeFileSync(join(project, 'a.env'), 'A=1\n')
    await ok(['add', 'CFG', 'Without', '--file', 'a.env'])
    await ok(['remote', 'add', 'origin', 'git+file:../host.git'])
    await ok(['push'])
    const host = join(home, 'host.git')
    expect(git(host, ['log', '--format=%s', 'main'])).toMatch(/^Without\nWith a secret\n/)
    expect(git(host, ['show', 'main:project/a.env'])).toBe('A=1\n')

    await ok(['forget', 'secret.env@HEAD~1', '--reason', 'secret'])
    expect(existsSync(join(project, '.atom', 'git'))).toBe(false)
    const pushed = await cli.run(['push'])
    expect([pushed.exitCode, pushed.stdout]).toEqual([0, expect.stringContaining('origin')])
    expect(pushed.stderr).toContain('until the host drops them')
    expect(git(host, ['ls-tree', '-r', '--name-only', 'main', 'project'])).toBe('project/a.env\n')

    rmSync(project, { recursive: true })
    await ok(['clone', 'git+file:host.git', 'again'], { cwd: home })
    expect(await ok(['log', '--format', '%s'], { cwd: join(home, 'again') })).toContain('With a secret')
    expect(await ok(['verify'], { cwd: join(home, 'again') })).toMatch(/^ok 3 ATOMs/m)
  })
})
