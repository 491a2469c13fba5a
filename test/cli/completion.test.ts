import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completionScript, SHELLS } from '../../src/cli/completion.js'
import { loadAll } from '../../src/cli/load.js'
import { useCli } from '../helpers/cli.js'
import { SAMPLE } from './sample.js'

const cli = useCli()

/** Returns what bash would offer for the last of the words, with an `atom` that answers `refs`. */
async function offered(words: readonly string[], refs: readonly string[] = []): Promise<readonly string[]> {
  const script = join(cli.home, 'atom.bash')
  writeFileSync(script, completionScript('bash', await loadAll(SAMPLE)))
  writeFileSync(join(cli.home, 'refs'), refs.map((name) => `${name}\n`).join(''))
  const source = `atom() { cat ${cli.home}/"$2"; }; compopt() { :; }; . ${script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _atom; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', source, 'bash', 'atom', ...words], { encoding: 'utf8', cwd: cli.project, env: cli.env() })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

describe('completion', () => {
  it('completes commands, subcommands, options and their words', async () => {
    expect(await offered(['st'])).toEqual(['status'])
    expect(await offered(['bisect', ''])).toEqual(['start', 'log'])
    expect(await offered(['-C', 'x', '--json', 'bisect', 'st'])).toEqual(['start'])
    expect(await offered(['log', '--on'])).toEqual(['--oneline'])
    expect(await offered(['log', '--no-f'])).toEqual(['--no-follow'])
    expect(await offered(['log', '--format', ''])).toEqual(['mermaid', 'dot'])
    expect(await offered(['st', '--js'])).toEqual(['--json'])
  })

  it('completes refs as names, never as shell', async () => {
    const refs = ['main', 'mad$(touch${IFS}pwned)', 'other']
    expect(await offered(['log', 'ma'], refs)).toEqual(['main', 'mad\\$\\(touch\\$\\{IFS\\}pwned\\)'])
    expect(spawnSync('ls', [cli.project], { encoding: 'utf8' }).stdout).toBe('')
  })

  it('completes files where paths stand', async () => {
    writeFileSync(join(cli.project, 'a b.env'), '')
    expect(await offered(['log', '--', 'a'])).toEqual(['a b.env'])
  })

  it.each(SHELLS)('prints a script that %s can parse', async (shell) => {
    const file = join(cli.home, 'script')
    writeFileSync(file, await cli.ok(['completion', shell]))
    const sample = join(cli.home, 'sample')
    writeFileSync(sample, completionScript(shell, await loadAll(SAMPLE)))
    if (spawnSync(shell, ['--version']).status !== 0) return
    for (const path of [file, sample]) expect(spawnSync(shell, [shell === 'fish' ? '--no-execute' : '-n', path], { encoding: 'utf8' })).toMatchObject({ stderr: '', status: 0 })
  })

  it('says every command in every shell', async () => {
    const commands = await loadAll(SAMPLE)
    for (const shell of SHELLS) for (const { command } of commands) expect(completionScript(shell, commands)).toContain(command.name)
  })
})
