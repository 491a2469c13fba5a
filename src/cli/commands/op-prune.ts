import { digestOf } from '../../codec/object-id.js'
import { opPrune } from '../../ops/keep/op-prune.js'
import { defineCommand, flag, integer, text, type Command } from '../command.js'
import { amount } from '../render/verify.js'

export const opPruneCommand: Command = defineCommand({
  name: 'prune',
  group: 'undo',
  summary: 'Forget the beginning of the operation log',
  description: 'What was on a branch only before can no longer be undone to, and `atom gc` drops it. The operation that does this names the last one dropped, so that the log stays provable.',
  options: {
    keep: integer('N', 'Keep the last N', { conflicts: ['before'] }),
    before: text('DATE', 'Forget those before a date'),
    dryRun: flag('Only say how many', { short: 'n' }),
  },
  examples: [['atom op prune --keep 1000', 'the last thousand stay'], ['atom op prune --before "3 months ago"', 'older ones go']],
  operation: opPrune,
  toInput: ({ options }) => ({ keep: options.keep, before: options.before, dryRun: options.dryRun }),
  render: ({ isDryRun, dropped, kept }) => [[['plain', `${isDryRun ? 'would forget' : 'forgot'} ${amount(dropped)} operations, ${amount(kept)} are kept`]]],
  json: ({ isDryRun, dropped, kept, last }) => ({ dry_run: isDryRun, dropped, kept, last: last === undefined ? null : digestOf(last) }),
})
