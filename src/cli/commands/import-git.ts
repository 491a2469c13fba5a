import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import type { ImportGitResult } from '../../ops/transfer/git/import-git.js'
import { defineCommand, text, type Command } from '../command.js'
import type { Host } from '../host.js'
import { importGitJson, renderImportGit } from '../render/import-git.js'

export const importGitCommand: Command = defineCommand({
  name: 'git',
  group: 'read',
  summary: 'Import the history of a git repository',
  description: `Every commit becomes an ATOM with its files; branches and tags come along. The repository is only read. The same repository gives the same object ids on every machine; running it again adds what is new.

Into a store that holds nothing but its INIT the imported branches replace its branch. Else a branch whose name is taken lands as git/NAME; --branch names the default branch (or that of --rev).`,
  positionals: ['repo'],
  options: {
    rev: text('REV', 'Only what this branch, tag or commit of the repository reaches'),
    saltKey: text('FILE', 'Derive a salt for each body from this key, so that short texts cannot be guessed by their digests'),
  },
  examples: [
    ['atom import git .', 'the repository here'],
    ['atom import git ../linux --rev v6.1 --branch linux', 'one release and all before it, as branch linux'],
  ],
  perform: async (host, { positionals, options, flags }) => {
    const { importGitFor } = await import('../../app/data/sources.js')
    const saltKey = options.saltKey === undefined ? undefined : await readKey(host, options.saltKey)
    const result = await host.runOperation(importGitFor(host.context), { repository: positionals.repo, rev: options.rev, branch: flags.branch, saltKey }) as ImportGitResult
    if (host.output.isJson) {
      await host.output.json(importGitJson(result))
      return
    }
    for (const line of renderImportGit(result)) await host.output.line(line)
  },
})

async function readKey(host: Host, path: string): Promise<Uint8Array> {
  try {
    const key = await readFile(resolve(host.cwd, path))
    if (key.length > 0) return key
  } catch (cause) {
    throw new AtomError('FILE_UNREADABLE', `cannot read the key ${path}: ${(cause as Error).message}`, { data: { path, reason: (cause as Error).message }, cause })
  }
  throw new AtomError('FILE_UNREADABLE', `the key ${path} is empty`, { data: { path, reason: 'empty' }, hint: `head -c 32 /dev/urandom > ${path}` })
}
