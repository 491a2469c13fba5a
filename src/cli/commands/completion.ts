import { defineCommand, type Command, type CommandEntry } from '../command.js'
import { completionScript, SHELLS } from '../completion.js'
import { loadAll } from '../load.js'

/** Makes `atom completion bash|zsh|fish`. */
export function makeCompletionCommand(catalogue: readonly CommandEntry[]): Command {
  return defineCommand({
    name: 'completion',
    group: 'start',
    summary: 'Print the completion script of a shell',
    description: 'Completes commands, options and their words, and asks the store for refs while you type.',
    positionals: ['shell'],
    choices: { shell: SHELLS },
    examples: [
      ['source <(atom completion bash)', 'complete atom in this bash; put the line into ~/.bashrc to keep it'],
      ['source <(atom completion zsh)', 'the same in zsh, after compinit'],
      ['atom completion fish > ~/.config/fish/completions/atom.fish', 'for every fish'],
    ],
    perform: async (host, { positionals }) => {
      const shell = SHELLS.find((name) => name === positionals.shell) ?? 'bash'
      await host.output.text(completionScript(shell, await loadAll(catalogue)))
    },
  })
}
