import { digestOf } from '../../codec/object-id.js'
import { reset, type ResetResult } from '../../ops/undo/reset.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { displayPath } from '../../trail/paths.js'
import { defineCommand, flag, type Command } from '../command.js'
import { endWithFiles } from '../integration-end.js'
import { titleSpan } from '../render/atom-lines.js'
import { fileNotes } from '../render/laid-out.js'
import { LONG_LAY_OUT_OPTIONS, layOutWords } from '../words/lay-out-options.js'

export const resetCommand: Command = defineCommand({
  name: 'reset',
  group: 'undo',
  summary: 'Move the current branch to another ATOM',
  description: 'What came after leaves the branch and is kept: `atom undo` or `atom reset --hard BRANCH@{1}` goes back. --hard lays out the files of that ATOM too; local changes stop it unless --force is given.',
  positionals: ['rev?'],
  options: {
    hard: flag('Lay out the files too', { conflicts: ['soft', 'mixed'] }),
    soft: flag('Leave the files as they are (the default)'),
    mixed: flag('The same as --soft: there is no staging area'),
    ...LONG_LAY_OUT_OPTIONS,
  },
  examples: [['atom reset --hard ATOM-CFG-20241127-035', 'back to that state; nothing is lost'], ['atom reset --hard main@{1}', 'where main was before'], ['atom reset HEAD~1', 'only the branch: the files stay']],
  perform: async (host, { positionals, options }) => {
    const result = await host.runOperation(reset, { revision: positionals.rev ?? 'HEAD', mode: options.hard ? 'hard' : 'soft', ...layOutWords(options) }) as ResetResult
    const { atom, before, left, files } = result
    const branch = result.ref.replace('refs/heads/', '')
    if (host.output.isJson) {
      await host.output.json({ ref: result.ref, before: before === undefined ? null : digestOf(before), after: digestOf(atom.id), left, atom: toAtomJson(atom), not_written: (files?.lacking ?? []).map(displayPath) })
    } else {
      await host.output.line([['plain', `${branch} ${result.isDryRun ? 'would be' : 'is now'} at `], ['atom', atom.header.atomId], ['plain', ' '], ['id', digestOf(atom.id).slice(0, 10)], ['plain', ' '], titleSpan(atom.body?.title)])
      for (const line of fileNotes(files)) await host.output.line(line)
      if (before !== undefined && before !== atom.id && !result.isDryRun) {
        host.output.note([['plain', `${String(left)} ${left === 1 ? 'ATOM' : 'ATOMs'} left the branch; back: `], ['command', `atom reset ${options.hard ? '--hard ' : ''}${digestOf(before).slice(0, 10)}`], ['plain', ', or '], ['command', 'atom undo']])
      }
    }
    endWithFiles(files)
  },
})
