import { opLog } from '../../ops/undo/op-log.js'
import { defineCommand, defineGroup, flag, integer, type Command } from '../command.js'
import { opPruneCommand } from './op-prune.js'
import { opJson, renderOp } from '../render/op-log.js'

const log: Command = defineCommand({
  name: 'log',
  group: 'undo',
  summary: 'Show the operation log',
  description: 'Every move of a ref, newest first: by whom, when, by which command, from where to where. `atom undo OP` takes one of them back.',
  options: {
    limit: integer('N', 'Show at most N', { short: 'n', digits: true }),
    all: flag('The logs of other stores too, as far as they were fetched'),
  },
  examples: [['atom op log -5', 'the last five'], ['atom op log --json', 'all of them, for a program']],
  pager: true,
  operation: opLog,
  toInput: ({ options }) => ({ limit: options.limit, all: options.all }),
  render: (item) => renderOp(item),
  json: (item) => opJson(item),
})

export const opCommand: Command = defineGroup({
  name: 'op',
  group: 'undo',
  summary: 'Look at the operation log, or prune it',
  examples: [['atom op log', 'every move of a ref'], ['atom op prune --keep 1000', 'forget its beginning']],
  subcommands: [log, opPruneCommand],
  defaultSubcommand: 'log',
})
