import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { add, type AddInput } from '../../ops/record/add.js'
import { quoteWord } from '../../ops/quote-word.js'
import { isAtomType } from '../../object/atom-id.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { defineCommand, flag, integer, list, number, pairs, text, type Command } from '../command.js'
import { readEvidence } from '../words/evidence-words.js'
import type { Host } from '../host.js'
import { newBranchNote, recordedNote } from '../render/recorded.js'
import { gatherSpilled } from '../words/spilled-words.js'

export const addCommand: Command = defineCommand({
  name: 'add',
  group: 'record',
  summary: 'Record an ATOM',
  description: 'TYPE is a word in capitals: DECISION, RESEARCH, CFG, TASK, SAGE, DEPLOY, TEST, DOC, STATUS or one of your own. `atom CFG "intent"` is short for it. The new atom id goes to stdout.',
  usage: 'add TYPE TITLE [options] [PATH…]',
  positionals: ['type?', 'title?', 'paths...?'],
  options: {
    op: text('VERB', 'The operation (default: by type and by what happened to the files)'),
    agent: text('AGENT', 'Who acts'),
    project: text('NAME', 'What the work is for (default: the project of the store)'),
    reason: text('TEXT', 'Why; - reads it from stdin', { short: 'r' }),
    meta: pairs('KEY=VALUE', 'Metadata, as text'),
    metaJson: text('JSON', 'Metadata, as an object of JSON'),
    influencedBy: list('REV', 'What this builds on', { short: 'i' }),
    file: list('PATH', 'Record this file or folder as it is', { short: 'f' }),
    delete: list('PATH', 'Record that this file is gone'),
    all: flag('Record every tracked file that changed', { short: 'a' }),
    allNew: flag('Like -a, and files that are new', { short: 'A' }),
    evidence: pairs('NAME=VALUE', 'Evidence: a file, - for stdin, or a value such as "62 FPS"'),
    before: pairs('NAME=VALUE', 'Evidence of the state before'),
    after: pairs('NAME=VALUE', 'Evidence of the state after'),
    ref: text('CONTEXT_SYNC_REF', 'The row of context-sync that this goes with'),
    tokens: integer('N', 'What it cost in tokens, all in all'),
    model: text('NAME', 'The model'),
    tokensIn: integer('N', 'Tokens in'),
    tokensOut: integer('N', 'Tokens out'),
    tokensCacheRead: integer('N', 'Tokens read from the cache'),
    tokensCacheWrite: integer('N', 'Tokens written to the cache'),
    cost: number('USD', 'What it cost in dollars', { min: 0 }),
    date: text('DATE', 'When it happened (default: now)'),
    stamp: text('PATH', 'Put the new atom id in place of ATOM-<TYPE>-@ in this file, in the same operation'),
    expect: text('REV', 'Fail unless the branch is here'),
    request: text('ID', 'Name this request: a repeat returns the first answer'),
  },
  examples: [
    ['atom add DECISION "Use DXVK 2.4" --reason "2.3 stutters"', 'record a decision'],
    ['atom CFG "Remove RADV_DEBUG" --file gaming.conf -i ATOM-RESEARCH-20241127-003', 'record a config change and what it builds on'],
    ['atom add TEST "Benchmark" --before fps="52 FPS" --after fps="62 FPS"', 'record a measurement'],
    ['dmesg | atom add SAGE "GPU fault" --evidence dmesg=-', 'record the output of a command'],
  ],
  operation: add,
  toInput: async ({ positionals, options }, host): Promise<AddInput> => {
    const { type, title } = readWords([positionals.type, positionals.title, ...positionals.paths], host)
    const { paths, influencedBy, meta, evidence, before, after } = gatherSpilled({ ...options, paths: positionals.paths }, host.cwd)
    const { tokens } = options
    const counts = {
      model: options.model, input: options.tokensIn, output: options.tokensOut, cacheRead: options.tokensCacheRead,
      cacheWrite: options.tokensCacheWrite, costUsd: options.cost, total: tokens,
    }
    return {
      type,
      title,
      operation: options.op,
      agent: options.agent,
      project: options.project,
      reason: options.reason === '-' ? await readText(host) : options.reason,
      metadata: readMetadata(meta, options.metaJson),
      influencedBy,
      files: [...options.file, ...paths],
      deletes: options.delete,
      all: options.allNew ? 'new' : options.all ? 'tracked' : undefined,
      evidence: [
        ...await readEvidence(host, 'other', evidence),
        ...await readEvidence(host, 'before', before),
        ...await readEvidence(host, 'after', after),
      ],
      contextSyncRef: options.ref,
      tokens: Object.values(counts).some((value) => value !== undefined) ? counts : undefined,
      date: options.date,
      stamp: options.stamp,
      expect: options.expect,
      request: options.request,
    }
  },
  render: ({ atom }) => [[['atom', atom.header.atomId]]],
  note: recordedNote,
  aside: newBranchNote,
  json: ({ atom }) => toAtomJson(atom),
})

/** Returns the two words that every ATOM needs. A git user types `atom add FILE`: the error says what does that here. */
function readWords(words: readonly (string | undefined)[], host: Host): { readonly type: string; readonly title: string } {
  const [type, title] = words
  if (type === undefined) throw new AtomError('USAGE', 'missing TYPE', { data: {}, hint: 'atom add CFG "what you did" PATH…, or atom commit -a -m "what you did"' })
  if ((title === undefined || !isAtomType(type)) && existsSync(resolve(host.cwd, type))) {
    const paths = words.filter((word) => word !== undefined).map(quoteWord).join(' ')
    throw new AtomError('USAGE', `add takes a TYPE first, and ${type} is a file`, { data: { value: type }, hint: `atom add CFG "what you did" --file ${paths}` })
  }
  if (title === undefined) throw new AtomError('USAGE', 'missing TITLE', { data: { value: type }, hint: `atom add ${isAtomType(type) ? type : 'TYPE'} "what you did"` })
  return { type, title }
}

async function readText(host: Host): Promise<string> {
  return new TextDecoder().decode(await host.stdin.bytes())
}

export function readMetadata(words: readonly (readonly [string, string])[], json: string | undefined): { readonly [key: string]: unknown } | undefined {
  if (words.length === 0 && json === undefined) return undefined
  let parsed: unknown = {}
  try {
    if (json !== undefined) parsed = JSON.parse(json)
  } catch (cause) {
    throw new AtomError('USAGE', `--meta-json is not JSON: ${json?.slice(0, 80) ?? ''}`, { data: { option: 'meta-json' }, hint: `--meta-json '{"key":"value"}'`, cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new AtomError('USAGE', '--meta-json is not an object', { data: { option: 'meta-json' }, hint: `--meta-json '{"key":"value"}'` })
  return Object.fromEntries([...Object.entries(parsed), ...words])
}
