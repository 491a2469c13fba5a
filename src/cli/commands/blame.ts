import { blame, type BlameInput, type BlameLine } from '../../ops/blame.js'
import { displayPath } from '../../tree/scope.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import type { Line } from '../output.js'
import { isoTime } from '../render/atom-lines.js'

export const blameCommand: Command = defineCommand({
  name: 'blame',
  group: 'look',
  summary: 'Show which ATOM wrote each line of a file',
  description: 'Of the file as it was recorded last, or in REV. Renames are followed, and lines that came in by a merge are found on its side.',
  positionals: ['path', 'rev?'],
  options: {
    lines: text('START,END', 'Only these lines: 3,7 or 3,+2', { short: 'L' }),
    long: flag('Show whole object ids', { short: 'l' }),
  },
  examples: [
    ['atom blame gaming.env', 'who wrote each line'],
    ['atom blame gaming.env HEAD~5 -L 3,7', 'five of its lines, as it was five ATOMs before'],
  ],
  pager: true,
  operation: blame,
  toInput: ({ positionals, options }): BlameInput => ({ path: positionals.path, revision: positionals.rev, range: options.lines }),
  render: (line, _view, { options }) => [blameLine(line, options.long ? 64 : line.shortDigits)],
  json: ({ line, text: content, node }: BlameLine) => ({ line, text: content, atom_id: node.atomId, object: node.digest, agent: node.agent, timestamp: new Date(node.timeMs).toISOString() }),
})

function blameLine({ node, text: content, line, isRenamed, path }: BlameLine, digits: number): Line {
  return [
    ['id', node.digest.slice(0, digits)], ['plain', ' '], ['plain', node.atomId], ...(isRenamed ? [['plain', ' '], ['path', displayPath(path)]] as const : []),
    ['plain', ' ('], ['agent', node.agent], ['plain', ` ${isoTime(node.timeMs).slice(0, -6)} ${String(line)}) `], ['content', content],
  ]
}
