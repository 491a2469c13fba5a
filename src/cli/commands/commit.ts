import { AtomError } from '../../base/errors.js'
import { commit } from '../../ops/record/commit.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { defineCommand, flag, list, text, type Command } from '../command.js'
import { newBranchNote, recordedNote } from '../render/recorded.js'

export const commitCommand: Command = defineCommand({
  name: 'commit',
  group: 'record',
  summary: 'Record the files that changed',
  usage: 'commit -m TITLE [-a | PATH…]',
  positionals: ['paths...?'],
  options: {
    message: list('TITLE', 'The title; a second one is the reason', { short: 'm' }),
    all: flag('Every tracked file that changed', { short: 'a' }),
    allNew: flag('Like -a, and files that are new', { short: 'A' }),
    type: text('TYPE', 'The type (default: COMMIT)', { short: 't' }),
    agent: text('AGENT', 'Who acts'),
    date: text('DATE', 'When it happened (default: now)'),
  },
  examples: [
    ['atom commit -am "Raise the frame limit"', 'record every tracked file that changed'],
    ['atom commit -m "Add the profile" bg3.env', 'record one file'],
  ],
  operation: commit,
  toInput: ({ positionals, options }) => {
    const [title, ...reasons] = options.message
    if (title === undefined) throw new AtomError('USAGE', 'commit needs a title', { data: { option: 'm' }, hint: 'atom commit -m "what you did" -a' })
    return {
      title, reason: reasons.length > 0 ? reasons.join('\n\n') : undefined, type: options.type, agent: options.agent, date: options.date,
      all: options.allNew ? 'new' : options.all ? 'tracked' : undefined, files: positionals.paths,
    }
  },
  render: ({ atom }) => [[['atom', atom.header.atomId]]],
  note: recordedNote,
  aside: newBranchNote,
  json: ({ atom }) => toAtomJson(atom),
})
