import { reflog } from '../../ops/op-log.js'
import { defineCommand, integer, type Command } from '../command.js'
import { opJson, renderPosition } from '../render/op-log.js'

export const reflogCommand: Command = defineCommand({
  name: 'reflog',
  group: 'undo',
  summary: 'Show where a ref has been',
  description: 'What was left behind by reset or undo is still there: `atom reset --hard main@{1}` goes back.',
  positionals: ['ref?'],
  options: { limit: integer('N', 'Show at most N', { short: 'n', digits: true }) },
  examples: [['atom reflog', 'where HEAD has been'], ['atom reflog main -5', 'the last five places of main'], ['atom reset --hard main@{1}', 'back to where main was before']],
  pager: true,
  operation: reflog,
  toInput: ({ positionals, options }) => ({ ref: positionals.ref, limit: options.limit }),
  render: (item) => renderPosition(item),
  json: (item) => opJson(item),
})
