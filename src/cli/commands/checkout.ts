import { checkout, type CheckoutInput } from '../../ops/files/checkout.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import { LAY_OUT_OPTIONS, layOutExit, layOutWords } from '../words/lay-out-options.js'
import { checkoutJson, checkoutNote, renderCheckout } from '../render/checkout.js'

export const checkoutCommand: Command = defineCommand({
  name: 'checkout',
  group: 'fork',
  summary: 'Lay out a branch or an ATOM',
  description: 'Files that no ATOM carries are never overwritten without --force, and files outside the project only with --scope. --to lays the whole tree out in a folder of its own: project files at its root, the others in .atom-home and .atom-system.',
  usage: 'checkout [options] [REV|BRANCH|-] [-- PATH…]',
  positionals: ['rev?', 'paths...?'],
  options: {
    newBranch: text('NAME', 'Make a branch that begins there, and switch to it', { short: 'b' }),
    to: text('DIR', 'Lay the files out in this folder, and leave everything here as it is'),
    detach: flag('Put HEAD at the ATOM though it is a branch that was named', { short: 'd' }),
    ...LAY_OUT_OPTIONS,
  },
  afterDashes: 'PATH...',
  examples: [
    ['atom checkout main', 'back to a branch'],
    ['atom checkout ATOM-CFG-20241125-001', 'the files as they were then; HEAD is detached'],
    ['atom checkout main@{monday} --to /tmp/monday', 'the files of Monday, beside what you have'],
    ['atom checkout HEAD~3 -- gaming.env', 'one file as it was'],
  ],
  operation: checkout,
  toInput: ({ positionals, options, afterDashes }): CheckoutInput => ({
    command: 'checkout', target: positionals.rev, create: options.newBranch, to: options.to, detach: options.detach, paths: [...positionals.paths, ...afterDashes ?? []], ...layOutWords(options) as Pick<CheckoutInput, 'force' | 'dryRun' | 'scopes'>,
  }),
  render: (result) => renderCheckout(result),
  note: checkoutNote,
  json: (result) => checkoutJson(result),
  exit: ({ files }) => layOutExit(files),
})
