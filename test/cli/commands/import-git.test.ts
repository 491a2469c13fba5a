import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, useCli } from '../../helpers/cli.js'
import { git, hasGit } from '../../helpers/git.js'

const cli = useCli()

/** A repository beside the project with so many commits on `trunk`. */
function aRepository(commits: number): string {
  const folder = join(cli.home, 'source')
  mkdirSync(folder)
  git(folder, ['init', '--quiet', '--initial-branch=trunk'])
  const stream = Array.from({ length: commits }, (_, index) => `commit refs/heads/trunk\ncommitter Ann <ann@example.com> ${String(1_700_000_000 + index)} +0000\ndata 3\nc${String(index % 10)}\nM 100644 inline d${String(index % 9)}/f\ndata <<E\n${String(index)}\nE\n\n`)
  git(folder, ['fast-import', '--quiet'], { input: stream.join('') })
  return folder
}

interface Summary { readonly commits: number; readonly new: number; readonly branches: readonly { readonly ref: string; readonly object: string }[]; readonly head: string | null }

async function importJson(words: readonly string[] = []): Promise<Summary> {
  return JSON.parse(await cli.ok(['import', 'git', '../source', '--json', ...words])) as Summary
}

describe.skipIf(!hasGit())('atom import git', () => {
  it('takes the place of the INIT, ends with three commands that work, and adds nothing twice', async () => {
    const folder = aRepository(3)
    await cli.ok(['init'])
    const said = await cli.ok(['import', 'git', '../source'])
    expect(said).toContain('imported 3 commits, 3 of them new, 1 branch and 0 tags')
    const commands = said.slice(said.indexOf('try:')).trim().split('\n').slice(1).map((line) => line.trim().split(' ').slice(1))
    expect(commands.length).toBe(3)
    for (const words of commands) expect((await cli.run(words)).exitCode, words.join(' ')).toBe(0)
    expect(await cli.ok(['branch'])).not.toContain('main')
    expect(await importJson()).toMatchObject({ commits: 3, new: 0, head: null, branches: [{ ref: 'refs/heads/trunk', change: 'same' }] })
    git(folder, ['fast-import', '--quiet'], { input: 'commit refs/heads/trunk\ncommitter Ann <a> 1800000000 +0000\ndata 1\nx\nfrom refs/heads/trunk^0\n\n' })
    expect(await importJson()).toMatchObject({ commits: 4, new: 1, branches: [{ ref: 'refs/heads/trunk', change: 'moved' }] })
  })

  it('beside other work it takes free names, git/NAME, or the name given', async () => {
    aRepository(2)
    await cli.ok(['init'])
    await cli.ok(['branch', '-m', 'main', 'trunk'])
    await cli.ok(['add', 'DECISION', 'ours'])
    expect((await importJson()).branches).toMatchObject([{ ref: 'refs/heads/git/trunk', change: 'new' }])
    expect((await importJson()).branches).toMatchObject([{ ref: 'refs/heads/git/trunk', change: 'same' }])
    expect((await importJson(['--branch', 'theirs'])).branches).toMatchObject([{ ref: 'refs/heads/theirs', change: 'new' }])
    expect(await importJson(['--rev', 'trunk~1', '--branch', 'older'])).toMatchObject({ commits: 1, new: 0, branches: [{ ref: 'refs/heads/older' }] })
    const taken = await cli.run(['import', 'git', '../source', '--branch', 'trunk', '--json'])
    expect(taken.exitCode).toBe(4)
    expect(taken.stderr).toContain('REF_EXISTS')
    expect(JSON.parse(await cli.ok(['log', '-1', '--json']))).toMatchObject({ title: 'ours' })
  })

  it('says in one sentence what it cannot read', async () => {
    await cli.ok(['init'])
    const { exitCode, stderr } = await cli.run(['import', 'git', '/'])
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/^error: cannot read the git repository \/: it is not a git repository\nhint: .+\n$/)
  })

  it('killed at any moment, the next one is complete, and the same as one that nobody killed', async () => {
    aRepository(3_000)
    await cli.ok(['init'])
    for (const afterMs of [150, 300, 500, 800]) {
      const child = spawn(process.execPath, [join(ROOT, 'bin/atom.js'), 'import', 'git', '../source'], { cwd: cli.project, env: cli.env(), stdio: 'ignore' })
      const closed = new Promise((resolve) => child.on('close', resolve))
      setTimeout(() => child.kill('SIGKILL'), afterMs)
      await closed
    }
    const after = await importJson()
    expect(after.commits).toBe(3_000)
    expect((await cli.run(['verify'])).exitCode).toBe(0)
    const whole = join(cli.home, 'whole')
    mkdirSync(whole)
    await cli.ok(['init'], { cwd: whole })
    const once = JSON.parse(await cli.ok(['import', 'git', '../source', '--json'], { cwd: whole })) as Summary
    expect(once.branches.map(({ object }) => object)).toEqual(after.branches.map(({ object }) => object))
  }, 180_000)
})
