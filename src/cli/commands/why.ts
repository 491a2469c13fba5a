import { why, type InfluenceInput } from '../../ops/look/influence.js'
import { defineCommand, flag, integer, type Command } from '../command.js'
import { influenceJson, influenceLine } from '../render/influence.js'

export const whyCommand: Command = defineCommand({
  name: 'why',
  group: 'look',
  summary: 'Show what an ATOM, or a file, was built on',
  description: 'Follows influenced_by back, as far as it goes. Of a file it starts at the ATOMs that changed it. What builds on something that was reverted or refuted is marked as tainted.',
  usage: 'why [options] REV|PATH',
  positionals: ['target'],
  options: {
    depth: integer('N', 'Steps back at most'),
    maxCount: integer('N', 'ATOMs at most', { short: 'n', digits: true }),
    parents: flag('Follow parents too'),
  },
  examples: [
    ['atom why gaming.env', 'what led to each change of a file'],
    ['atom why ATOM-CFG-20241127-003', 'the research and decisions behind an ATOM'],
  ],
  pager: true,
  operation: why,
  toInput: ({ positionals, options, flags }): InfluenceInput => ({ target: positionals.target, depth: options.depth, limit: options.maxCount, parents: options.parents, order: flags.json ? 'near' : 'tree' }),
  render: (step, view) => [influenceLine(step, view)],
  json: influenceJson,
})
