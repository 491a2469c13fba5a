/** A small catalogue with every kind of declaration, for the tests of the frame. */
import { defineCommand, defineGroup, flag, integer, list, number, pairs, text, toggle, type Command, type CommandEntry } from '../../src/cli/command.js'
import { entryOf } from '../../src/cli/command.js'
import type { Operation } from '../../src/ops/operation.js'

export interface Entry { readonly id: string; readonly title: string; readonly bytes?: Uint8Array }

export const listOperation: Operation<unknown, Entry> = {
  name: 'log', summary: 'Show the trail', effect: 'read', errors: [], check: (input) => input, run: () => Promise.reject(new TypeError('not run here')),
}

export const logCommand: Command = defineCommand({
  name: 'log', group: 'look', summary: 'Show the trail',
  positionals: ['revs...?'],
  afterDashes: 'PATH...',
  options: {
    limit: integer('N', 'Show at most N', { short: 'n', digits: true }),
    agent: list('AGENT', 'Only those of this agent', { separator: ',' }),
    oneline: flag('One line each', { conflicts: ['format'] }),
    format: text('FORMAT', 'How to show each', { choices: ['mermaid', 'dot'] }),
    stat: text('WIDTH', 'Say what changed', { bare: '80' }),
    meta: pairs('KEY=VALUE', 'Only those with this metadata'),
    size: integer('SIZE', 'At most this large', { unit: 'bytes' }),
    cost: number('USD', 'At most this dear'),
    follow: toggle('Follow renames'),
  },
  examples: [['atom log -3', 'the last three']],
  pager: true,
  operation: listOperation,
  toInput: ({ options, positionals, afterDashes }) => ({ ...options, revs: positionals.revs, paths: afterDashes ?? null }),
  render: (entry) => (entry.bytes === undefined ? [[['id', entry.id], ['plain', ' '], ['title', entry.title]]] : [{ bytes: entry.bytes }]),
  json: (entry) => ({ object: entry.id, title: entry.title }),
  exit: (entry) => (entry.title === 'bad' ? 1 : 0),
  note: (entry) => [[['hint', `noted ${entry.id}`]]],
})

export const addCommand: Command = defineCommand({
  name: 'add', group: 'record', summary: 'Record an ATOM', positionals: ['type', 'title'], options: { reason: text('TEXT', 'Why') },
  examples: [['atom add CFG "raise the limit"', 'record it']],
  perform: async (host, { positionals, options }) => { await host.output.json({ ...positionals, ...options }) },
})

export const runCommand: Command = defineCommand({
  name: 'run', group: 'record', summary: 'Run a command and record it', positionals: ['command...'], passThrough: true, options: { title: text('TEXT', 'What for') },
  examples: [['atom run -- make test', 'record the test']],
  perform: async (host, { positionals, options }) => {
    await host.output.json({ ...positionals, ...options })
    return 1
  },
})

const start = defineCommand({
  name: 'start', group: 'search', summary: 'Start the search', positionals: ['bad?', 'good...?'], examples: [['atom bisect start', 'start it']],
  perform: async (host, { positionals }) => { await host.output.json(positionals) },
})
const log = defineCommand({
  name: 'log', group: 'search', summary: 'Show the search', examples: [['atom bisect log', 'show it']], perform: async (host) => { await host.output.text('searched\n') },
})

export const bisectCommand: Command = defineGroup({
  name: 'bisect', group: 'search', summary: 'Find the first bad ATOM', examples: [['atom bisect start', 'begin']], subcommands: [start, log], defaultSubcommand: 'log',
})
export const opCommand: Command = defineGroup({ name: 'op', group: 'undo', summary: 'The operation log', examples: [['atom op log', 'show it']], subcommands: [log] })

export const SAMPLE: readonly CommandEntry[] = [addCommand, runCommand, logCommand, bisectCommand, opCommand, defineCommand({
  name: 'status', aliases: ['st'], group: 'start', summary: 'Show what changed', examples: [['atom status', 'what changed']], perform: async () => undefined,
})].map(entryOf)
