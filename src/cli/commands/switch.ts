import { checkout, type CheckoutInput } from '../../ops/files/checkout.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import { LAY_OUT_OPTIONS, layOutExit, layOutWords } from '../words/lay-out-options.js'
import { checkoutJson, checkoutNote, renderCheckout } from '../render/checkout.js'

export const switchCommand: Command = defineCommand({
  name: 'switch',
  group: 'fork',
  summary: 'Switch to a branch',
  usage: 'switch [options] BRANCH|- | -c NAME [REV]',
  positionals: ['branch?'],
  options: {
    create: text('NAME', 'Make the branch first, where REV or HEAD is', { short: 'c' }),
    detach: flag('Put HEAD at an ATOM', { short: 'd' }),
    ...LAY_OUT_OPTIONS,
  },
  examples: [
    ['atom switch try-dxvk', 'work on another branch'],
    ['atom switch -c try-dxvk', 'make it first'],
    ['atom switch -', 'back to the branch before'],
  ],
  operation: checkout,
  toInput: ({ positionals, options }): CheckoutInput => ({
    command: 'switch', target: positionals.branch, create: options.create, detach: options.detach, paths: [], ...layOutWords(options) as Pick<CheckoutInput, 'force' | 'dryRun' | 'scopes'>,
  }),
  render: (result) => renderCheckout(result),
  note: checkoutNote,
  json: (result) => checkoutJson(result),
  exit: ({ files }) => layOutExit(files),
})
