import { delimiter, join } from 'node:path'
import { accessSync, constants, realpathSync } from 'node:fs'
import { toAtomJson } from '../../trail/atom-json.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import type { Environment, Host } from '../host.js'
import type { Line } from '../terminal/output.js'

export const initCommand: Command = defineCommand({
  name: 'init',
  group: 'start',
  summary: 'Make a store here, or one for the machine',
  description: 'Makes .atom in the folder, with the first ATOM (INIT) on branch main. Nothing outside .atom is written, and .atom keeps itself out of git. ATOM_DIR=FOLDER keeps the store elsewhere, for the project that you stand in: set it from then on. ATOM_WORK_TREE=DIR names another project\'s root for a store that does not lie in it.',
  positionals: ['dir?'],
  options: {
    user: flag('Make one for the machine, in the data folder of this user: for files under ~ and /'),
    project: text('NAME', 'What the work is for (default: the name of the folder)'),
    initialBranch: text('BRANCH', 'The first branch, as --branch says too (default: main)', { short: 'b' }),
    agent: text('AGENT', 'Who makes it'),
    title: text('TITLE', 'The title of the INIT ATOM'),
  },
  examples: [
    ['atom init', 'make a store in this folder'],
    ['atom init --project bazza-dx ~/projects/bazza-dx', 'make one elsewhere, for a project of that name'],
    ['ATOM_DIR=~/trails/bazza-dx atom init', 'keep the store outside the project'],
    ['atom init --user', 'make one for the machine'],
  ],
  perform: async (host, { positionals, options }) => {
    const branch = options.initialBranch ?? host.flags.branch
    const { initStore } = await import('../../app/init.js')
    const made = await initStore({
      ...(positionals.dir !== undefined && { folder: positionals.dir }),
      isUser: options.user,
      ...(options.project !== undefined && { project: options.project }),
      ...(branch !== undefined && { branch }),
      ...(options.agent !== undefined && { agent: options.agent }),
      ...(options.title !== undefined && { title: options.title }),
    }, host.context)
    const others = otherPrograms(host.env)
    if (host.output.isJson) await host.output.json({ folder: made.folder, project: made.project, branch: made.branch, atom: toAtomJson(made.atom), other_programs: others })
    else await printMade(host, made)
    for (const line of warnings(others)) host.output.warn(line)
  },
})

async function printMade(host: Host, made: { readonly folder: string; readonly branch: string; readonly atom: { readonly header: { readonly atomId: string } } }): Promise<void> {
  if (!host.flags.quiet) await host.output.line([['plain', 'Made an atom store in '], ['path', made.folder], ['plain', ' (branch '], ['branch', made.branch], ['plain', ')']])
  host.output.note([['hint', 'next: '], ['command', 'atom add DECISION "Why we do this" --reason "…"']])
}

/** Returns the other programs called `atom` on the PATH, in its order: KENL's script, the old editor. */
function otherPrograms(env: Environment): readonly string[] {
  const own = process.argv[1] === undefined ? '' : real(process.argv[1])
  const found: string[] = []
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder === '' ? '.' : folder, 'atom')
    try {
      accessSync(file, constants.X_OK)
    } catch {
      continue
    }
    found.push(real(file) === own ? `${file} (this one)` : file)
  }
  return found.some((file) => !file.endsWith('(this one)')) ? found : []
}

function real(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

function warnings(others: readonly string[]): readonly Line[] {
  const [first] = others
  if (first === undefined) return []
  return [
    [['warn', 'warning: '], ['plain', 'another program is called atom: '], ['path', others.join(', ')]],
    [['hint', 'hint: '], ['plain', 'the shell takes the first one, '], ['path', first], ['plain', '; change the order in PATH, or use '], ['command', `alias atom='${process.argv[1] ?? 'atom'}'`]],
  ]
}
