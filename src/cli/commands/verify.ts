import { AtomError } from '../../base/errors.js'
import { digestOf } from '../../codec/object-id.js'
import type { ShowRemoteResult } from '../../exchange/sync/show-remote.js'
import { verify } from '../../ops/prove/verify.js'
import { defineCommand, flag, list, type Command } from '../command.js'
import type { Host } from '../host.js'
import { renderVerify, verifyJson } from '../render/verify.js'

export const verifyCommand: Command = defineCommand({
  name: 'verify',
  group: 'prove',
  summary: 'Check every byte, link, index and ref, and say what is proved',
  description: 'Rehashes every object, derives every index record again, follows the operation log and compares. Changes nothing. '
    + 'Ends with 1 where there is an error. Says what a store cannot prove by itself; --expect, with an id that was noted elsewhere, proves that the trail still contains it. --against takes what to expect from another copy: each of its branches and tags, and the end of this store\'s operation log there. '
    + 'ATOMs that are only there (another machine pushed them) count as missing until they are fetched.',
  positionals: ['revs...?'],
  options: {
    view: flag('Also derive view.db again and name the first cell of each table that differs'),
    against: list('REMOTE|BUNDLE', 'Fail unless everything that this copy ends with is here too and still reached'),
    expect: list('ID', 'Fail unless this object (an ATOM, an operation, a root) is there and still reached'),
  },
  examples: [
    ['atom verify', 'everything'],
    ['atom verify main~20', 'only what can be reached from there; indexes and the log are not looked at'],
    ['atom verify --expect 98378917da39312922e9c45e44bd7cef1da16c3a21017c8cc07e6480118b07d1', 'and that the trail was not rewound behind this id'],
    ['atom verify --against usb', 'and that it was not rewound since the last push there'],
    ['atom verify --view', 'and that the tables which SQL reads say what the trail says'],
  ],
  operation: verify,
  toInput: async ({ positionals, options }, host) => ({ revs: positionals.revs, expect: [...options.expect, ...await endsOf(host, options.against)], view: options.view }),
  render: renderVerify,
  json: verifyJson,
  exit: ({ ok }) => (ok ? 0 : 1),
})

/** Returns what copies of the trail end with. */
async function endsOf(host: Host, copies: readonly string[]): Promise<readonly string[]> {
  const ends = new Set<string>()
  for (const copy of copies) {
    const { showRemoteFor } = await import('../../app/remotes/remotes.js')
    const { refs, log, location } = await host.runOperation(showRemoteFor(host.context), { remote: copy }) as ShowRemoteResult
    const there = [...refs.map((ref) => ref.there), log].flatMap((id) => id === undefined ? [] : [digestOf(id)])
    if (there.length === 0) throw new AtomError('REF_NOT_FOUND', `${location} has no branch to compare with`, { data: { name: copy }, hint: `atom push ${copy}` })
    for (const digest of there) ends.add(digest)
  }
  return [...ends]
}
