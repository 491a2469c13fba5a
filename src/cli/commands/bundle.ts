/** `atom bundle`: the trail in one file that any CAR reader opens. */
import { AtomError } from '../../base/errors.js'
import { digestOf, getDigest, type ObjectId } from '../../codec/object-id.js'
import type { CreateBundleResult } from '../../exchange/bundle/create-bundle.js'
import type { ExpectedRef } from '../../exchange/bundle/verify-bundle.js'
import type { FetchResult } from '../../exchange/sync/fetch.js'
import { defineCommand, defineGroup, list, text, type Command } from '../command.js'
import { refusalExit } from '../words/refusals.js'
import { fetchJson, fetchNote, renderFetch } from '../render/transfer.js'
import { amount, renderVerify, verifyJson } from '../render/verify.js'
import type { Line } from '../terminal/output.js'

const create = defineCommand({
  name: 'create',
  group: 'exchange',
  summary: 'Write the trail, or a part of it, to one file',
  description: 'Without REF every branch and tag, with the operation log. With REF, or --since, that part alone. The file is a CAR of version 1, and is there whole or not at all.',
  usage: 'bundle create FILE [REF…] [--since REV|DATE]',
  positionals: ['file', 'refs...?'],
  options: {
    since: text('REV|DATE', 'Leave out what this reaches, or what is older: who reads the bundle must have it'),
  },
  examples: [
    ['atom bundle create trail.car', 'everything'],
    ['atom bundle create week.car main --since "7 days ago"', 'what is new on main, for who has the rest'],
  ],
  perform: async (host, { positionals, options }) => {
    const { createBundleAt } = await import('../../app/remotes/bundles.js')
    const result = await host.runOperation(createBundleAt(positionals.file, host.context), { refs: positionals.refs, since: options.since }) as CreateBundleResult
    if (host.output.isJson) await host.output.json({ file: positionals.file, ...heads(result), atoms: result.atoms, objects: result.objects, bytes: result.bytes })
    else for (const line of headLines(result)) await host.output.line(line)
    host.output.note([['dim', `wrote ${amount(result.atoms)} ATOMs, ${amount(result.objects)} objects to ${positionals.file}`]])
  },
})

const verify = defineCommand({
  name: 'verify',
  group: 'exchange',
  summary: 'Check a bundle by itself, without a store',
  description: 'Rehashes every block and follows every link. Everything is proved relative to the heads that are in the file; whether those are the original ones only an id noted elsewhere can tell: --expect.',
  positionals: ['file'],
  options: {
    expect: list('REF=ID', 'Fail unless this branch or tag is at this object'),
  },
  examples: [
    ['atom bundle verify trail.car', 'is it whole and untouched?'],
    ['atom bundle verify trail.car --expect main=98378917da39312922e9c45e44bd7cef1da16c3a21017c8cc07e6480118b07d1', 'and does it end where it should?'],
  ],
  perform: async (host, { positionals, options }) => {
    const { verifyBundleFile } = await import('../../app/remotes/bundles.js')
    const result = await verifyBundleFile(positionals.file, options.expect.map(parseExpected), host.context)
    if (host.output.isJson) await host.output.json({ file: result.file, ...heads({ ...result, root: undefined }), ...verifyJson(result) as object })
    else {
      for (const line of headLines(result)) await host.output.line(line)
      for (const line of renderVerify(result, host.output.view)) await host.output.line(line)
    }
    return result.ok ? 0 : 1
  },
})

const unbundle = defineCommand({
  name: 'unbundle',
  group: 'exchange',
  summary: 'Take what a bundle has and this store lacks',
  description: 'As a fetch from a remote: everything is checked first, no branch here moves, and where the bundle\'s branches are is remembered as NAME/BRANCH.',
  positionals: ['file'],
  options: {
    as: text('NAME', 'What the bundle is called (default: bundle)'),
  },
  examples: [['atom bundle unbundle week.car', 'then: atom merge bundle/main']],
  perform: async (host, { positionals, options }) => {
    const { unbundleFrom } = await import('../../app/remotes/bundles.js')
    const result = await host.runOperation(unbundleFrom(positionals.file, options.as ?? 'bundle', host.context), { force: true }) as FetchResult
    if (host.output.isJson) await host.output.json(fetchJson(result))
    else for (const line of renderFetch(result)) await host.output.line(line)
    for (const line of fetchNote(result)) host.output.note(line)
    return refusalExit(result.refused)
  },
})

const listHeads = defineCommand({
  name: 'list',
  group: 'exchange',
  summary: 'List the branches and tags of a bundle',
  positionals: ['file'],
  examples: [['atom bundle list trail.car', 'what is in it']],
  perform: async (host, { positionals }) => {
    const { listBundle } = await import('../../app/remotes/bundles.js')
    const found = await listBundle(positionals.file, host.context)
    if (host.output.isJson) await host.output.json({ file: found.file, ...heads(found) })
    else for (const line of headLines(found)) await host.output.line(line)
  },
})

export const bundleCommand: Command = defineGroup({
  name: 'bundle',
  group: 'exchange',
  summary: 'Write the trail to one file, or read one',
  examples: [
    ['atom bundle create trail.car', 'everything'],
    ['atom bundle verify trail.car', 'is it whole and untouched? No store is needed'],
    ['atom bundle list trail.car', 'what is in it'],
  ],
  subcommands: [create, verify, unbundle, listHeads],
})

function parseExpected(typed: string): ExpectedRef {
  const at = typed.lastIndexOf('=')
  const digest = getDigest(typed.slice(at + 1).replace(/^sha256:/, ''))
  if (at > 0 && digest !== undefined) return { ref: typed.slice(0, at), digest }
  throw new AtomError('USAGE', `not REF=ID with a whole object id: ${typed.slice(0, 120)}`, { data: { option: 'expect', value: typed.slice(0, 120) }, hint: 'atom rev-parse main gives the 64 hex digits' })
}

interface Heads { readonly refs: ReadonlyMap<string, ObjectId>; readonly needs: readonly ObjectId[]; readonly root?: ObjectId | undefined }

function heads({ refs, needs, root }: Heads): object {
  return { ...(root !== undefined && { root: digestOf(root) }), refs: [...refs].map(([ref, id]) => ({ ref, object: digestOf(id) })), needs: needs.map(digestOf) }
}

/** As git lists them: id and name. */
function headLines({ refs, needs }: Pick<Heads, 'refs' | 'needs'>): readonly Line[] {
  return [...[...refs].map(([ref, id]): Line => [['id', digestOf(id)], ['plain', ' '], ['branch', ref]]), ...needs.map((id): Line => [['warn', 'needs '], ['id', digestOf(id)]])]
}
