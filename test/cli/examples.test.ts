import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/cli/catalogue.js'
import { loadAll, type LoadedCommand } from '../../src/cli/load.js'
import { parseWords } from '../../src/cli/words/parse.js'
import { splitWords } from '../../src/cli/words/shell-words.js'
import { useCli } from '../helpers/cli.js'

const all = flatten(await loadAll(CATALOGUE))

function flatten(commands: readonly LoadedCommand[]): readonly LoadedCommand[] {
  return commands.flatMap((loaded) => [loaded, ...flatten(loaded.subcommands)])
}

/** Of what a reader may paste and run in a store with a file and some history: these need nothing else to be there. */
const RUNNABLE = [
  'atom', 'atom status', 'atom config', 'atom config agent qwen', 'atom help', 'atom help completion', 'atom version', 'atom --version --json',
  'atom add DECISION "Use DXVK 2.4" --reason "2.3 stutters"', 'atom add TEST "Benchmark" --before fps="52 FPS" --after fps="62 FPS"', 'atom commit -am "Raise the frame limit"',
  'atom mv bg3.env configs/bg3.env', 'atom log --oneline -n 20', 'atom log --graph --all', 'atom log --type CFG --agent qwen --since monday', 'atom log -p --follow -- gaming.env',
  'atom log main..experiment --format "%h %an %s"', 'atom show', 'atom show HEAD~3:gaming.env', 'atom diff', 'atom diff main...experiment -- gaming.env', 'atom diff HEAD~3 HEAD > fix.patch',
  'atom blame gaming.env', 'atom blame gaming.env HEAD~5 -L 3,7', 'atom why gaming.env', 'atom stats', 'atom stats main..experiment --json', 'atom branch', 'atom checkout main',
  'atom checkout main@{monday} --to /tmp/monday', 'atom checkout HEAD~3 -- gaming.env', 'atom switch -c try-dxvk', 'atom restore gaming.env', 'atom fork HEAD~3 before-the-break',
  'atom tag stable', 'atom tag -l "v*"', 'atom reset HEAD~1', 'atom undo', 'atom undo --dry-run', 'atom op log', 'atom op log -5', 'atom op log --json',
  'atom op prune --keep 1000', 'atom op prune --before "3 months ago"', 'atom reflog', 'atom reflog main -5', 'atom bisect run sh -c \'! grep -q RADV_DEBUG gaming.env\'', 'atom verify',
  'atom verify main~20', 'atom fsck', 'atom fsck --dangling', 'atom cat-file -p HEAD', 'atom cat-file --raw HEAD | sha256sum', 'atom rev-parse HEAD', 'atom rev-parse --abbrev-ref HEAD',
  'atom rev-parse --show-toplevel', 'atom ls-tree HEAD', 'atom gc', 'atom gc --dry-run', 'atom gc --prune="2 weeks ago"', 'atom doctor', 'atom doctor --reindex', 'atom export jsonl > trail.jsonl',
  'atom export jsonl main~10..main', 'atom sql "SELECT atom_id, title FROM decisions ORDER BY timestamp DESC LIMIT 5"', 'atom sql "SELECT title FROM atom_trail WHERE agent = :agent" --param agent=qwen --csv', 'atom sql .schema atom_trail', 'atom recall "What gaming config did we set up?"', 'atom verify --view', 'atom revert HEAD~2..',
]

describe('the examples of the commands', () => {
  const cli = useCli()

  it('use options and arguments that are there', () => {
    const wrong: string[] = []
    for (const { command, path } of all.filter(({ subcommands }) => subcommands.length === 0)) {
      for (const [example] of command.examples) {
        const typed = example.replace(/^.*\| (?=atom )/, '').replace(/ [|>] .*$/, '').replace(/^source <\((.*)\)$/, '$1')
        if (!typed.startsWith(`atom ${path} `)) continue
        try {
          parseWords(command, path, splitWords(typed.slice(`atom ${path} `.length)))
        } catch (error) {
          wrong.push(`${example}: ${String(error)}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it('are all of the command that they stand with', () => {
    const strange = all.flatMap(({ command, path }) => command.examples.map(([typed]) => [path, typed] as const))
      .filter(([path, typed]) => !new RegExp(String.raw`\batom (?:${path.split(' ')[0] ?? ''}|[A-Z-]+|-)`).test(typed) && path !== 'version')
    expect(strange.map(([path, typed]) => `${path}: ${typed}`)).toEqual(['reflog: atom reset --hard main@{1}'])
  })

  it('run in a store that has what they name', async () => {
    const shown = new Set(['atom', ...all.flatMap(({ command }) => command.examples.map(([typed]) => typed))])
    expect(RUNNABLE.filter((typed) => !shown.has(typed))).toEqual([])
    await prepare()
    const failed: string[] = []
    for (const [index, typed] of RUNNABLE.entries()) {
      const copy = join(cli.home, `copy-${String(index)}`)
      cpSync(cli.project, copy, { recursive: true })
      if (typed.startsWith('atom commit')) writeFileSync(join(copy, 'profile.env'), 'FPS=90\n')
      if (typed.startsWith('atom bisect run')) await shell('atom bisect start HEAD HEAD~20', copy)
      const { status, output } = await shell(typed.replace('/tmp/monday', '../monday'), copy)
      if (status !== 0) failed.push(`${typed}: ${String(status)} ${output}`)
    }
    expect(failed).toEqual([])
  }, 180_000)

  async function prepare(): Promise<void> {
    await cli.ok(['init'], { env: { ATOM_NOW_MS: String(Date.UTC(2025, 11, 1)) } })
    mkdirSync(join(cli.project, 'configs'))
    const write = (round: number): void => {
      writeFileSync(join(cli.project, 'gaming.env'), [1, 2, 3, 4, 5, 6, 7].map((line) => `LINE_${String(line)}=${String(round)}\n`).join('') + (round > 15 ? 'RADV_DEBUG=debug\n' : ''))
    }
    writeFileSync(join(cli.project, 'bg3.env'), 'DXVK=2.3\n')
    for (let round = 1; round <= 22; round++) {
      write(round)
      await cli.ok(['add', 'CFG', `Round ${String(round)}`, '--file', 'gaming.env', '--file', 'bg3.env', '--agent', 'qwen'])
    }
    await cli.ok(['branch', 'experiment', 'HEAD~3'])
    await cli.ok(['add', 'CFG', 'Experiment', '--branch', 'experiment'])
    writeFileSync(join(cli.project, 'profile.env'), 'FPS=60\n')
    await cli.ok(['add', 'CFG', 'Profile', '--file', 'profile.env'])
  }

  function shell(line: string, cwd: string): Promise<{ readonly status: number | null; readonly output: string }> {
    return new Promise((resolve) => {
      const child = spawn('/bin/sh', ['-c', `atom() { atom.js "$@"; }\n${line}`], { cwd, env: cli.env() })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
      child.stdin.end()
      child.on('close', (status) => { resolve({ status, output: output.slice(0, 400) }) })
    })
  }
})
