import { gc } from '../../ops/keep/gc.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import { counted } from '../render/verify.js'

export const gcCommand: Command = defineCommand({
  name: 'gc',
  group: 'keep',
  summary: 'Drop what nothing reaches and tidy up the database',
  description: 'Kept is what the refs, the operation log and everything it names lead to, so whatever once was on a branch stays until the log forgets it: --prune=DATE does that '
    + 'first (as `atom op prune --before DATE`), where git goes by the age of loose objects; --prune="2 weeks ago" is git\'s default. Others can record meanwhile, and a gc that is interrupted has harmed nothing.',
  options: {
    dryRun: flag('Only say what would be dropped', { short: 'n' }),
    prune: text('DATE', 'First forget the operations before this date'),
  },
  examples: [
    ['atom gc', 'drop leftovers, merge the database\'s files'],
    ['atom gc --prune="2 weeks ago"', 'what no ref reaches since then goes too'],
    ['atom gc --dry-run', 'how much there is to drop'],
  ],
  operation: gc,
  toInput: ({ options }) => ({ dryRun: options.dryRun, prune: options.prune }),
  render: ({ isDryRun, objects, bytes, atoms }) => [[['plain', `${isDryRun ? 'would drop' : 'dropped'} ${counted(objects, 'object')} (${counted(atoms, 'ATOM')} among them), ${counted(bytes, 'byte')}`]]],
  note: ({ isDryRun, prunedOps }) => (prunedOps === 0 ? [] : [[['plain', `${isDryRun ? 'would forget' : 'forgot'} ${counted(prunedOps, 'operation')}${isDryRun ? '; what only they keep is not counted' : ''}`]]]),
  json: ({ isDryRun, objects, bytes, atoms, prunedOps }) => ({ dry_run: isDryRun, objects, bytes, atoms, pruned_ops: prunedOps }),
})
