import { verify } from '../../ops/prove/verify.js'
import { defineCommand, flag, list, type Command } from '../command.js'
import { renderVerify, verifyJson } from '../render/verify.js'

export const verifyCommand: Command = defineCommand({
  name: 'verify',
  group: 'prove',
  summary: 'Check every byte, link, index and ref, and say what is proved',
  description: 'Rehashes every object, derives every index record again, follows the operation log and compares. Changes nothing. '
    + 'Ends with 1 where there is an error. Says what a store cannot prove by itself; --expect, with an id that was noted elsewhere, proves that the trail still contains it.',
  positionals: ['revs...?'],
  options: {
    view: flag('Also derive view.db again and name the first cell of each table that differs'),
    expect: list('ID', 'Fail unless this object (an ATOM, an operation, a root) is there and still reached'),
  },
  examples: [
    ['atom verify', 'everything'],
    ['atom verify main~20', 'only what can be reached from there; indexes and the log are not looked at'],
    ['atom verify --expect 98378917da39312922e9c45e44bd7cef1da16c3a21017c8cc07e6480118b07d1', 'and that the trail was not rewound behind this id'],
    ['atom verify --view', 'and that the tables which SQL reads say what the trail says'],
  ],
  operation: verify,
  toInput: ({ positionals, options }) => ({ revs: positionals.revs, expect: options.expect, view: options.view }),
  render: renderVerify,
  json: verifyJson,
  exit: ({ ok }) => (ok ? 0 : 1),
})
