import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { git, hasGit } from '../helpers/git.js'
import { ROOT, useCli } from '../helpers/cli.js'

const cli = useCli()

describe.skipIf(!hasGit())('git clone atom::PATH (needs git)', () => {
  it('reads a store directly, fetches what is new, and takes no push', async () => {
    const { ok, project, home } = cli
    const env = { PATH: `${join(ROOT, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: home }
    await ok(['init'])
    writeFileSync(join(project, 'a.env'), 'A=1\n')
    await ok(['add', 'CFG', 'First', '--file', 'a.env'])
    await ok(['tag', 'v1', '-m', 'one'])
    git(home, ['clone', '-q', `atom::${project}`, 'clone'], { env })
    const clone = join(home, 'clone')
    expect(git(clone, ['show', 'origin/main:project/a.env'])).toBe('A=1\n')
    expect(git(clone, ['tag']).trim()).toBe('v1')
    await ok(['add', 'TASK', 'Second'])
    await ok(['branch', 'side'])
    git(clone, ['fetch', '-q'], { env })
    expect(git(clone, ['log', '-1', '--format=%s', 'origin/side']).trim()).toBe('Second')
    expect(() => git(clone, ['push', 'origin', 'main:other'], { env })).toThrow(/takes no git commits/)
    expect(() => git(home, ['clone', '-q', 'atom::nowhere', 'none'], { env })).toThrow(/no atom store/)
    expect(await ok(['verify'])).toMatch(/^ok 3 ATOMs/m)
  })
})
