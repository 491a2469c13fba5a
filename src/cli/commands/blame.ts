import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { blame, type BlameInput, type BlameLine } from '../../ops/look/blame.js'
import { displayPath } from '../../tree/scope.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import type { Line } from '../terminal/output.js'
import { isoTime } from '../render/atom-lines.js'

export const blameCommand: Command = defineCommand({
  name: 'blame',
  group: 'look',
  summary: 'Show which ATOM wrote each line of a file',
  description: 'Of the file as it was recorded last, or in REV. Renames are followed, and lines that came in by a merge are found on its side.',
  usage: 'blame [--lines START,END] [--long] PATH [REV]',
  positionals: ['path?', 'rev?'],
  afterDashes: 'PATH',
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
  toInput: ({ positionals: { path, rev }, options, afterDashes }, host): BlameInput => ({ ...wordsOf([path, rev], afterDashes, host.cwd), range: options.lines }),
  render: (line, _view, { options }) => [blameLine(line, options.long ? 64 : line.shortDigits)],
  json: ({ line, text: content, node }: BlameLine) => ({ line, text: content, atom_id: node.atomId, object: node.digest, agent: node.agent, timestamp: new Date(node.timeMs).toISOString() }),
})

/** Takes `PATH [REV]`, and git's `[REV] PATH` and `[REV] -- PATH` where that is what it must be. */
function wordsOf([first, second]: readonly (string | undefined)[], after: readonly string[] = [], cwd: string): Pick<BlameInput, 'path' | 'revision'> {
  const [named, ...more] = after
  if (more.length > 0 || (named !== undefined && second !== undefined)) throw new AtomError('USAGE', 'blame takes one PATH', { data: {}, hint: 'atom blame PATH REV' })
  if (named !== undefined) return { path: named, revision: first }
  if (first === undefined) throw new AtomError('USAGE', 'missing PATH', { data: {}, hint: 'atom help blame' })
  const isSwapped = second !== undefined && existsSync(resolve(cwd, second)) && !existsSync(resolve(cwd, first))
  return isSwapped ? { path: second, revision: first } : { path: first, revision: second }
}

function blameLine({ node, text: content, line, isRenamed, path }: BlameLine, digits: number): Line {
  return [
    ['id', node.digest.slice(0, digits)], ['plain', ' '], ['plain', node.atomId], ...(isRenamed ? [['plain', ' '], ['path', displayPath(path)]] as const : []),
    ['plain', ' ('], ['agent', node.agent], ['plain', ` ${isoTime(node.timeMs).slice(0, -6)} ${String(line)}) `], ['content', content],
  ]
}
