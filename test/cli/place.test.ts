/** The commands that look for the store themselves: `init`, `config`, `atom` alone, `rev-parse --show-toplevel`. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runOperation } from '../../src/app/run.js'
import { configCommand } from '../../src/cli/commands/config.js'
import { initCommand } from '../../src/cli/commands/init.js'
import { overviewCommand } from '../../src/cli/commands/overview.js'
import { revParseCommand } from '../../src/cli/commands/rev-parse.js'
import type { Command } from '../../src/cli/words/declaration.js'
import { runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { temporaryFolders } from '../helpers/git.js'

const newFolder = temporaryFolders()

type Typed = (command: Command, ...words: readonly string[]) => Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>

/** A home with an empty project in it, and what is typed there. */
function aProject(): { readonly home: string; readonly cwd: string; readonly typed: Typed } {
  const home = newFolder()
  const cwd = join(home, 'project')
  mkdirSync(cwd)
  const env = { HOME: home, USER: 'ann', PATH: '' }
  return { home, cwd, typed: (command, ...words) => runInProcess(command, words, { cwd, env, runOperation: (operation, input, context) => runOperation(operation, input, context) }) }
}

describe('atom init', () => {
  it('says where and what next, once; JSON has the ATOM', async () => {
    const { cwd, typed } = aProject()
    expect((await typed(initCommand, '--project', 'p', '-b', 'trunk')).stdout).toBe(`Made an atom store in ${join(cwd, '.atom')} (branch trunk)\n`)
    expect(await codeOfAsync(() => typed(initCommand))).toBe('REPO_EXISTS')
    expect(JSON.parse((await typed(initCommand, 'sub/dir', '--json', '--title', 'T', '--agent', 'qwen')).stdout)).toMatchObject({ folder: join(cwd, 'sub/dir/.atom'), project: 'dir', branch: 'main', atom: { type: 'INIT', title: 'T', agent: 'qwen' } })
  })
})

describe('atom alone', () => {
  it('says how to begin where there is no store, and where one is where there is', async () => {
    const { cwd, typed } = aProject()
    expect((await typed(overviewCommand)).stdout).toContain('atom init ')
    expect((await typed(overviewCommand, '--json')).stdout).toBe('{"folder":null}\n')
    await typed(initCommand)
    const { stdout } = await typed(overviewCommand)
    expect(stdout).toMatch(/^Store {3}.*\/project\/\.atom {2}project, 1 ATOM\nBranch {2}main\n\n[0-9a-f]{10} {2}ATOM-INIT-/)
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
    expect(JSON.parse((await typed(overviewCommand, '--json')).stdout)).toMatchObject({ folder: join(cwd, '.atom'), branch: 'main', atoms: 1, recent: [{ type: 'INIT' }] })
  })
})

describe('atom config', () => {
  it('sets in the store or for the user, shows where from, and unsets', async () => {
    const { home, cwd, typed } = aProject()
    await typed(initCommand)
    await typed(configCommand, 'agent', 'qwen')
    await typed(configCommand, '--user', 'scopes', 'home')
    await typed(configCommand, '--user', 'scopes', 'system')
    expect((await typed(configCommand)).stdout).toBe(`agent = qwen  (${join(cwd, '.atom/config.toml')})\nscopes = home, system  (${join(home, '.config/atom/config.toml')})\n`)
    expect((await typed(configCommand, 'agent')).stdout).toBe('qwen\n')
    await typed(configCommand, '--unset', 'agent')
    expect(readFileSync(join(cwd, '.atom/config.toml'), 'utf8')).toBe('')
    expect(await codeOfAsync(() => typed(configCommand, 'agent'))).toBe('CONFIG_INVALID')
  })

  it('warns of what does not count where it was set, and needs a store for what is of one', async () => {
    const { home, typed } = aProject()
    expect(await codeOfAsync(() => typed(configCommand, 'agent', 'qwen'))).toBe('REPO_NOT_FOUND')
    await typed(initCommand)
    await typed(configCommand, 'pager', 'less')
    expect((await typed(configCommand)).stderr).toContain('warning: pager')
    expect(existsSync(join(home, '.config'))).toBe(false)
  })
})

describe('atom rev-parse', () => {
  it('shows ids and places', async () => {
    const { cwd, typed } = aProject()
    await typed(initCommand)
    expect((await typed(revParseCommand, '--show-toplevel', '--atom-dir')).stdout).toBe(`${cwd}\n${join(cwd, '.atom')}\n`)
    const full = (await typed(revParseCommand, 'HEAD')).stdout
    expect(full).toMatch(/^[0-9a-f]{64}\n$/)
    expect((await typed(revParseCommand, '--short', 'HEAD', '^main')).stdout).toBe(`${full.slice(0, 10)}\n^${full.slice(0, 10)}\n`)
    expect((await typed(revParseCommand, '--abbrev-ref', 'HEAD')).stdout).toBe('main\n')
    expect(JSON.parse((await typed(revParseCommand, '--json', '--cid', 'HEAD')).stdout)).toEqual({ text: expect.stringMatching(/^bafyrei/) as string, object: full.trim(), excluded: false })
  })

  it('with --verify takes exactly one', async () => {
    const { typed } = aProject()
    await typed(initCommand)
    for (const revs of [[], ['HEAD', 'main'], ['HEAD..main']]) expect(await codeOfAsync(() => typed(revParseCommand, '--verify', ...revs)), revs.join()).toBe('USAGE')
    expect(await codeOfAsync(() => typed(revParseCommand, '--verify', 'nothing'))).toBe('REVISION_NOT_FOUND')
  })
})
