import { digestOf } from '../../codec/object-id.js'
import { restore } from '../../ops/files/restore.js'
import { defineCommand, text, type Command } from '../command.js'
import { LAY_OUT_OPTIONS, laidOutJson, layOutExit, layOutWords } from '../words/lay-out-options.js'
import { dryRunLines, laidOutNote, unwrittenLines } from '../render/laid-out.js'

export const restoreCommand: Command = defineCommand({
  name: 'restore',
  group: 'fork',
  summary: 'Put files back as a revision has them',
  description: 'A file with changes that no ATOM carries is put back only with --force: nothing could bring them back.',
  positionals: ['paths...'],
  options: { source: text('REV', 'Where to take them from (default: HEAD)', { short: 's' }), ...LAY_OUT_OPTIONS },
  examples: [
    ['atom restore gaming.env', 'bring a deleted file back'],
    ['atom restore --force gaming.env', 'throw away what was changed in it'],
    ['atom restore --source main@{monday} configs', 'a folder as it was on Monday'],
    ['atom restore --scope home ~/.config/MangoHud/MangoHud.conf', 'a file outside the project'],
  ],
  operation: restore,
  toInput: ({ positionals, options }) => ({ paths: positionals.paths, source: options.source, ...layOutWords(options) }),
  render: ({ files }) => (files.isDryRun ? dryRunLines(files) : []),
  note: ({ files }, view) => (files.isDryRun ? [] : [...laidOutNote(files, view), ...unwrittenLines(files)]),
  json: ({ source, files }) => ({ source: digestOf(source), ...laidOutJson(files) }),
  exit: ({ files }) => layOutExit(files),
})
