import { impact, type InfluenceInput } from '../../ops/look/influence.js'
import { defineCommand, integer, type Command } from '../command.js'
import { influenceJson, influenceLine } from '../render/influence.js'

export const impactCommand: Command = defineCommand({
  name: 'impact',
  group: 'look',
  summary: 'Show what was built on an ATOM',
  description: 'Follows influenced_by forth, from any branch, as far as it goes. What builds on something that was reverted or refuted is marked as tainted.',
  usage: 'impact [options] REV',
  positionals: ['rev'],
  options: {
    depth: integer('N', 'Steps at most'),
    maxCount: integer('N', 'ATOMs at most', { short: 'n', digits: true }),
  },
  examples: [
    ['atom impact ATOM-RESEARCH-20241120-015', 'all that relied on this research'],
  ],
  pager: true,
  operation: impact,
  toInput: ({ positionals, options, flags }): InfluenceInput => ({ target: positionals.rev, depth: options.depth, limit: options.maxCount, order: flags.json ? 'near' : 'tree' }),
  render: (step, view) => [influenceLine(step, view)],
  json: influenceJson,
})
