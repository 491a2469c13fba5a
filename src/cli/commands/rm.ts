import { rm } from '../../ops/record/rm.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import { LAY_OUT_OPTIONS, layOutWords } from '../words/lay-out-options.js'
import { changedFilesJson, changedFilesNote, renderChangedFiles } from '../render/changed-files.js'

export const rmCommand: Command = defineCommand({
  name: 'rm',
  group: 'record',
  summary: 'Remove tracked files and record it',
  positionals: ['paths...'],
  options: {
    message: text('TITLE', 'The title (default: Remove PATH)', { short: 'm' }),
    reason: text('TEXT', 'Why'),
    agent: text('AGENT', 'Who acts'),
    recursive: flag('Take folders too', { short: 'r' }),
    cached: flag('Leave the files on disk: they are only not tracked any more'),
    ...LAY_OUT_OPTIONS,
  },
  examples: [['atom rm old.env', 'remove a file and record it'], ['atom rm -r configs --reason "moved to /etc"', 'a whole folder'], ['atom rm --cached secrets.env', 'keep the file, stop tracking it']],
  operation: rm,
  toInput: ({ positionals, options }) => ({
    paths: positionals.paths, title: options.message, reason: options.reason, agent: options.agent,
    folders: options.recursive ? 'take' : 'refuse', files: options.cached ? 'keep' : 'remove', ...layOutWords(options),
  }),
  render: (result) => renderChangedFiles(result, 'remove'),
  note: changedFilesNote,
  json: (result) => changedFilesJson(result),
})
