import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drillCommand } from '../../src/cli/commands/drill.js'
import { useCli } from '../helpers/cli.js'

const cli = useCli()
const home = (name: string): string => join(cli.home, name)

/** Two remotes that have everything. */
async function twoCopies(): Promise<void> {
  await cli.ok(['init', '-q'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  await cli.ok(['CFG', 'first', '--file', 'a.env'])
  await cli.ok(['DECISION', 'aside', '--branch', 'side'])
  await cli.ok(['remote', 'add', 'git', `git+file:${home('mirror.git')}`])
  await cli.ok(['remote', 'add', 'stick', home('stick')])
  for (const remote of ['git', 'stick']) await cli.ok(['push', remote, '--all'])
}

describe('drill', () => {
  it('brings everything back from each remote alone, leaves nothing behind, and records that', async () => {
    await twoCopies()
    const { stdout, exitCode } = await cli.run(['drill'])
    expect([exitCode, stdout.replace(/\d+\.\d s/g, 'T s')]).toEqual([0, 'ok      git   3 ATOMs back, all verified, in T s\nok      stick 3 ATOMs back, all verified, in T s\nrecorded as ATOM-TEST-20260102-004\n'])
    expect(readdirSync(join(cli.project, '.atom/run')).filter((name) => name.startsWith('scratch'))).toEqual([])
    expect(JSON.parse(await cli.ok(['show', '--json']))).toMatchObject({
      type: 'TEST', operation: 'drill', title: expect.stringMatching(/^Recovery drill: git 3 of 3 in \d+\.\d s; stick 3 of 3 in \d+\.\d s$/),
      metadata: { drill: { git: { atoms: 3, lost: 0, problem: null }, stick: { atoms: 3, lost: 0 } } },
      evidence: [{ name: 'recover from git', unit: 'ms' }, { name: 'recover from stick', unit: 'ms' }],
    })
    expect(JSON.parse(await cli.ok(['verify', '--json']))).toMatchObject({ ok: true })
  }, 30_000)

  it('names what one of them lacks, with the command that sends it, and ends with 1', async () => {
    await twoCopies()
    await cli.ok(['DECISION', 'new'])
    await cli.ok(['push', 'stick', '--all'])
    const { stdout, exitCode } = await cli.run(['drill'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^behind {2}git {3}3 of 4 ATOMs back in \d+\.\d s; lost would be: ATOM-DECISION-20260102-004\n {8}fix: atom push git --all --tags\nok {6}stick 4 ATOMs back/)
  }, 30_000)

  it('goes on where a remote lies or is away, without what is kept of it here', async () => {
    await twoCopies()
    rmSync(home('mirror.git'), { recursive: true })
    const [first = ''] = readdirSync(home('stick/objects/55'))
    const [name = ''] = readdirSync(join(home('stick/objects/55'), first))
    writeFileSync(join(home('stick/objects/55'), first, name), 'a lie')
    const { stdout, exitCode } = await cli.run(['drill', '--json'])
    const { remotes, atom } = JSON.parse(stdout) as { readonly remotes: readonly { readonly problem: string; readonly lost: readonly unknown[] }[]; readonly atom: { readonly title: string } }
    expect([exitCode, remotes.map(({ lost }) => lost.length), atom.title]).toEqual([1, [3, 3], 'Recovery drill: git failed; stick failed'])
    expect(remotes[1]?.problem).toContain(home('stick'))
  }, 30_000)

  it('of a store without a remote is refused', async () => {
    await cli.ok(['init', '-q'])
    expect((await cli.run(['drill'])).stderr).toContain('there is no remote to recover from\nhint: atom remote add NAME URL')
    expect(drillCommand.group).toBe('exchange')
  })
})

describe('another store on this machine', () => {
  it('can be cloned, fetched from and recovered from by its path, and is not pushed into', async () => {
    await cli.ok(['init', '-q'])
    writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
    await cli.ok(['CFG', 'first', '--file', 'a.env'])
    await cli.ok(['clone', '../project', home('copy')])
    expect(readFileSync(home('copy/a.env'), 'utf8')).toBe('A=1\n')
    await cli.ok(['DECISION', 'later'])
    expect(await cli.ok(['pull'], { cwd: home('copy') })).toContain('Fast-forward')
    await cli.ok(['TASK', 'there'], { cwd: home('copy') })
    const refused = await cli.run(['push'], { cwd: home('copy') })
    expect([refused.exitCode, refused.stderr]).toEqual([7, expect.stringContaining('is only read from here: fetch from there instead')])
    expect(await cli.ok(['fetch', home('copy/.atom')]).catch((error: unknown) => String(error))).toContain('it has no name here')
    await cli.ok(['remote', 'add', 'copy', home('copy')])
    expect(await cli.ok(['pull', 'copy'])).toContain('Fast-forward')
    rmSync(home('copy'), { recursive: true })
    mkdirSync(home('copy'))
    expect(await cli.ok(['recover', '--from', cli.project, '--files'], { cwd: home('copy') })).toContain('All 4 ATOMs verified')
    expect(JSON.parse(await cli.ok(['verify', '--json', '--against', cli.project], { cwd: home('copy') }))).toMatchObject({ ok: true })
  }, 30_000)
})
