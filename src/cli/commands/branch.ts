import { AtomError } from '../../base/errors.js'
import { branchCreate, branchDelete, branchList, branchRename } from '../../ops/fork/branch.js'
import type { BranchItem } from '../../ops/fork/branch-item.js'
import { digestOf } from '../../codec/object-id.js'
import { toNamePattern } from '../../ops/fork/name-pattern.js'
import { defineCommand, flag, type Command } from '../command.js'
import type { Host } from '../host.js'
import { branchJson, renderBranches } from '../render/branch.js'

export const branchCommand: Command = defineCommand({
  name: 'branch',
  group: 'fork',
  summary: 'List, create, rename or delete branches',
  description: 'Without a name it lists the branches, with a star at the current one; -v shows where each stands.',
  usage: 'branch [-a | -r] [-l PATTERN…] | NAME [REV] | -d NAME… | -m [OLD] NEW',
  positionals: ['names...?'],
  options: {
    delete: flag('Delete branches that are merged', { short: 'd', conflicts: ['move', 'deleteForce'] }),
    deleteForce: flag('Delete branches whether they are merged or not', { short: 'D', conflicts: ['move'] }),
    move: flag('Rename a branch, by default the current one', { short: 'm' }),
    force: flag('Move a branch that exists, or take its name', { short: 'f' }),
    all: flag('List remote-tracking branches too', { short: 'a', conflicts: ['remotes'] }),
    remotes: flag('List remote-tracking branches', { short: 'r' }),
    showCurrent: flag('Print the name of the current branch'),
    list: flag('List those that fit the patterns, all without one', { short: 'l' }),
  },
  examples: [
    ['atom branch', 'which branches there are'],
    ['atom branch try-dxvk ATOM-DECISION-20241120-012', 'a branch that begins there; nothing is switched'],
    ['atom branch -m try-dxvk dxvk-2.4', 'another name'],
    ['atom branch -d dxvk-2.4', 'away with it once it is merged'],
  ],
  pager: true,
  perform: async (host, { positionals, options }) => {
    const [first, second, ...rest] = positionals.names
    if (options.delete || options.deleteForce) {
      await showDeleted(host, await host.runOperation(branchDelete, { names: positionals.names, force: options.deleteForce || options.force }) as readonly BranchItem[])
      return
    }
    if (options.move) {
      if (first === undefined || rest.length > 0) throw wrongWords('branch -m takes [OLD] NEW', 'atom branch -m OLD NEW')
      const renamed = await host.runOperation(branchRename, { ...(second !== undefined && { from: first }), to: second ?? first, force: options.force }) as BranchItem
      await showMade(host, renamed, 'renamed to')
      return
    }
    if (first !== undefined && !options.list && !options.all && !options.remotes) {
      if (rest.length > 0) throw wrongWords('branch takes NAME [REV]', 'atom branch NAME REV')
      const made = await host.runOperation(branchCreate, { name: first, from: second, force: options.force }) as BranchItem
      await showMade(host, made, 'is at')
      return
    }
    await list(host, { which: whichOf(options), names: positionals.names, onlyCurrent: options.showCurrent })
  },
})

function wrongWords(message: string, hint: string): AtomError<'USAGE'> {
  return new AtomError('USAGE', message, { data: {}, hint })
}

async function showDeleted(host: Host, deleted: readonly BranchItem[]): Promise<void> {
  for (const item of deleted) {
    if (host.output.isJson) await host.output.json(branchJson(item))
    else await host.output.line([['plain', 'Deleted branch '], ['branch', item.name], ['plain', ' (was '], ['id', digestOf(item.object).slice(0, 10)], ['plain', ').']])
  }
}

async function showMade(host: Host, item: BranchItem, what: 'is at' | 'renamed to'): Promise<void> {
  if (host.output.isJson) await host.output.json(branchJson(item))
  else host.output.note(what === 'is at'
    ? [['branch', item.name], ['plain', ' is at '], ['atom', item.atomId ?? ''], ['plain', ' '], ['id', digestOf(item.object).slice(0, 10)]]
    : [['plain', 'the branch is called '], ['branch', item.name], ['plain', ' from here on']])
}

function whichOf({ all, remotes }: { readonly all: boolean; readonly remotes: boolean }): ListWish['which'] {
  if (all) return 'all'
  return remotes ? 'remote' : 'local'
}

interface ListWish {
  readonly which: 'local' | 'remote' | 'all'
  readonly names: readonly string[]
  readonly onlyCurrent: boolean
}

async function list(host: Host, { which, names, onlyCurrent }: ListWish): Promise<void> {
  const items: BranchItem[] = []
  const patterns = names.map(toNamePattern)
  for await (const item of await host.runOperation(branchList, { which }) as AsyncIterable<BranchItem>) {
    if (patterns.length > 0 && !patterns.some((pattern) => pattern.test(item.name))) continue
    if (onlyCurrent && (!item.isCurrent || item.ref === 'HEAD')) continue
    items.push(item)
  }
  if (host.output.isJson) for (const item of items) await host.output.json(branchJson(item))
  else if (onlyCurrent) for (const item of items) await host.output.line([['branch', item.name]])
  else for (const line of renderBranches(items, host.output.view)) await host.output.line(line)
}
