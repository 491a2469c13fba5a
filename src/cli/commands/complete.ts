import { branchList, type BranchListInput } from '../../ops/fork/branch.js'
import type { BranchItem } from '../../ops/fork/branch-item.js'
import { tagList, type TagItem } from '../../ops/fork/tag.js'
import { defineCommand, type Command, type CommandEntry } from '../command.js'
import type { Host } from '../host.js'

/** The types with a schema of their own; the vocabulary is open. */
const TYPES = ['INIT', 'DECISION', 'RESEARCH', 'CFG', 'TASK', 'SAGE', 'DEPLOY', 'TEST', 'MCP', 'DOC', 'STATUS', 'COMMIT', 'MERGE', 'REVERT']

/**
 * Makes the hidden `atom __complete KIND`: one word per line for a completion script. Never fails: a person who only pressed Tab
 * wants no message.
 */
export function makeCompleteCommand(catalogue: readonly CommandEntry[], refNames: (host: Host) => Promise<readonly string[]> = listRefNames): Command {
  return defineCommand({
    name: '__complete',
    group: 'start',
    summary: 'Print words for the completion scripts',
    hidden: true,
    positionals: ['kind'],
    examples: [['atom __complete refs', 'the branches and tags, one per line']],
    perform: async (host, { positionals }) => {
      const words = await wordsOf(positionals.kind)
      if (words.length > 0) await host.output.text(`${words.join('\n')}\n`)

      async function wordsOf(kind: string): Promise<readonly string[]> {
        if (kind === 'types') return TYPES
        if (kind === 'commands') return catalogue.filter((entry) => entry.hidden !== true).map(({ name }) => name)
        if (kind !== 'refs') return []
        return await refNames(host).catch(() => [])
      }
    },
  })
}

/** Returns the branches, of remotes too, and the tags, as they are typed. */
async function listRefNames(host: Host): Promise<readonly string[]> {
  const names: string[] = []
  for await (const { name } of await host.runOperation(branchList, { which: 'all' } satisfies BranchListInput) as AsyncIterable<BranchItem>) names.push(name)
  for await (const { name } of await host.runOperation(tagList, {}) as AsyncIterable<TagItem>) names.push(name)
  return names
}
