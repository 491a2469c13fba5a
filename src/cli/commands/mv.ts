import { mv } from '../../ops/record/mv.js'
import { defineCommand, text, type Command } from '../command.js'
import { LAY_OUT_OPTIONS, layOutWords } from '../words/lay-out-options.js'
import { changedFilesJson, changedFilesNote, renderChangedFiles } from '../render/changed-files.js'

export const mvCommand: Command = defineCommand({
  name: 'mv',
  group: 'record',
  summary: 'Move or rename a tracked file or folder and record it',
  positionals: ['from', 'to'],
  options: {
    message: text('TITLE', 'The title (default: Move FROM to TO)', { short: 'm' }),
    reason: text('TEXT', 'Why'),
    agent: text('AGENT', 'Who acts'),
    ...LAY_OUT_OPTIONS,
  },
  examples: [['atom mv bg3.env configs/bg3.env', 'move a file'], ['atom mv configs profiles', 'rename a folder']],
  operation: mv,
  toInput: ({ positionals, options }) => ({ from: positionals.from, to: positionals.to, title: options.message, reason: options.reason, agent: options.agent, ...layOutWords(options) }),
  render: (result) => renderChangedFiles(result, 'write'),
  note: changedFilesNote,
  json: (result) => changedFilesJson(result),
})
