import { AtomError } from '../../base/errors.js'
import { reflog } from '../../ops/undo/op-log.js'
import { defineCommand, integer, type Command } from '../command.js'
import { opJson, renderPosition } from '../render/op-log.js'

export const reflogCommand: Command = defineCommand({
  name: 'reflog',
  group: 'undo',
  summary: 'Show where a ref has been',
  description: 'What was left behind by reset or undo is still there: `atom reset --hard main@{1}` goes back.',
  usage: 'reflog [show] [--limit N] [REF]',
  positionals: ['ref?', 'named?'],
  options: { limit: integer('N', 'Show at most N', { short: 'n', digits: true }) },
  examples: [['atom reflog', 'where HEAD has been'], ['atom reflog main -5', 'the last five places of main'], ['atom reset --hard main@{1}', 'back to where main was before']],
  pager: true,
  operation: reflog,
  toInput: ({ positionals: { ref, named }, options }) => ({ ref: refOf(ref, named), limit: options.limit }),
  render: (item) => renderPosition(item),
  json: (item) => opJson(item),
})

/** `reflog show main` is git's long form of `reflog main`. */
function refOf(first: string | undefined, second: string | undefined): string | undefined {
  if (first === 'show') return second
  if (second !== undefined) throw new AtomError('USAGE', `reflog takes one ref, and not '${second}' too`, { data: { value: second }, hint: `atom reflog ${first ?? ''}` })
  return first
}
