import { lsTree } from '../../ops/prove/ls-tree.js'
import { defineCommand, flag, type Command } from '../command.js'
import { renderTreeItem, treeItemJson } from '../render/ls-tree.js'

export const lsTreeCommand: Command = defineCommand({
  name: 'ls-tree',
  group: 'prove',
  summary: 'List the files of a tree',
  description: 'As in git: in a folder of the project what REV has in that folder, with paths from there; --full-tree lists from the project\'s root. With --json paths always begin at the root.',
  usage: 'ls-tree [-r] [-d] [-l] [--name-only] [--full-tree] REV[:PATH] [PATH…]',
  positionals: ['tree', 'paths...?'],
  options: {
    recursive: flag('Every file below, not the folders', { short: 'r' }),
    folders: flag('Only folders', { short: 'd' }),
    long: flag('Sizes too', { short: 'l' }),
    nameOnly: flag('Only the names'),
    fullTree: flag('From the project\'s root, wherever you stand'),
    fullName: flag('Show paths from the project\'s root'),
  },
  examples: [
    ['atom ls-tree HEAD', 'the files and folders at the top'],
    ['atom ls-tree -r --name-only main~3', 'every file that was tracked then'],
    ['atom ls-tree HEAD:conf', 'one folder'],
  ],
  pager: true,
  operation: lsTree,
  toInput: ({ positionals, options }) => ({ tree: positionals.tree, paths: positionals.paths, recursive: options.recursive, folders: options.folders, sizes: options.long, from: options.fullTree ? 'root' : 'here' }),
  render: (item, _view, { options }) => [renderTreeItem(options.fullName ? { ...item, seen: item.path } : item, options)],
  json: treeItemJson,
})
