import { fork } from '../../ops/fork/fork.js'
import { defineCommand, type Command } from '../command.js'
import { endWithFiles } from '../integration-end.js'
import { LONG_LAY_OUT_OPTIONS, layOutWords } from '../words/lay-out-options.js'
import { titleSpan } from '../render/atom-lines.js'
import { branchJson } from '../render/branch.js'
import { fileNotes } from '../render/laid-out.js'
import type { ForkResult } from '../../ops/fork/fork.js'

export const forkCommand: Command = defineCommand({
  name: 'fork',
  group: 'fork',
  summary: 'Begin a branch at an ATOM and switch to it',
  description: 'The files are laid out as they were there. With --branch or ATOM_BRANCH the branch is only made: a session of its own is not switched.',
  positionals: ['rev', 'name'],
  options: { ...LONG_LAY_OUT_OPTIONS },
  examples: [['atom fork ATOM-DECISION-20241120-012 try-dxvk', 'go on from that decision in another way'], ['atom fork HEAD~3 before-the-break', 'from three ATOMs ago']],
  perform: async (host, { positionals, options }) => {
    const { branch, files } = await host.runOperation(fork, { revision: positionals.rev, name: positionals.name, ...layOutWords(options) }) as ForkResult
    if (host.output.isJson) await host.output.json(branchJson(branch))
    else {
      const how = files === undefined ? 'made branch ' : files.isDryRun ? 'would switch to a new branch ' : 'switched to a new branch '
      host.output.note([['plain', how], ['branch', branch.name], ['plain', ' at '], ['atom', branch.atomId ?? ''], ['plain', ' '], titleSpan(branch.title)])
      for (const line of fileNotes(files)) await host.output.line(line)
    }
    endWithFiles(files)
  },
})
