/** `atom remote`: the other places where this trail is kept. */
import type { ShowRemoteResult } from '../../exchange/sync/show-remote.js'
import { digestOf } from '../../codec/object-id.js'
import { shortRefName, TAGS } from '../../refs/name.js'
import { defineCommand, defineGroup, type Command } from '../command.js'
import type { Host } from '../host.js'
import type { Line } from '../terminal/output.js'
import { initWorkerCommand } from './remote-init-worker.js'

interface Named { readonly name: string; readonly url: string }

const list = defineCommand({
  name: 'list',
  group: 'exchange',
  summary: 'List the remotes',
  examples: [['atom remote', 'which remotes there are, and where']],
  perform: async (host) => {
    const { listRemotes } = await import('../../app/remotes/remotes.js')
    for (const remote of await listRemotes(host.context)) await showNamed(host, remote)
  },
})

const add = defineCommand({
  name: 'add',
  group: 'exchange',
  summary: 'Add a remote',
  description: 'URL is the path of a folder, which need not be there yet; git+file:PATH, git+ssh://HOST/PATH or git+https://HOST/PATH; d1:ACCOUNT/DATABASE; or https://HOST/PATH of a Worker or of atom serve, with a token in ATOM_TOKEN. Nothing is sent before a push. The settings hold no passwords.',
  positionals: ['name', 'url'],
  examples: [
    ['atom remote add usb /media/stick/trail', 'a folder on a stick; then: atom push usb --all'],
    ['atom remote add cloud https://trail.example.workers.dev', 'a Worker; ATOM_TOKEN, or a token in your own settings, says who you are'],
  ],
  perform: async (host, { positionals }) => {
    const { addRemote } = await import('../../app/remotes/remote-settings.js')
    const added = await addRemote({ name: positionals.name, url: positionals.url }, host.context)
    if (host.output.isJson) await host.output.json(added)
    else host.output.note([['remote', added.name], ['plain', ' is '], ['path', added.url]])
  },
})

const remove = defineCommand({
  name: 'remove',
  aliases: ['rm'],
  group: 'exchange',
  summary: 'Remove a remote',
  description: 'What is remembered of its branches goes too. The other side is not touched.',
  positionals: ['name'],
  examples: [['atom remote remove usb', 'forget that there is such a remote']],
  perform: async (host, { positionals }) => {
    const { removeRemote } = await import('../../app/remotes/remote-settings.js')
    const removed = await removeRemote(positionals.name, host.context)
    if (host.output.isJson) await host.output.json(removed)
    else host.output.note([['plain', 'removed '], ['remote', removed.name], ['plain', '; what is in '], ['path', removed.url], ['plain', ' stays']])
  },
})

const rename = defineCommand({
  name: 'rename',
  group: 'exchange',
  summary: 'Rename a remote',
  positionals: ['old', 'new'],
  examples: [['atom remote rename usb stick', 'call it stick; usb/main becomes stick/main']],
  perform: async (host, { positionals }) => {
    const { renameRemote } = await import('../../app/remotes/remote-settings.js')
    const renamed = await renameRemote(positionals.old, positionals.new, host.context)
    if (host.output.isJson) await host.output.json(renamed)
    else host.output.note([['remote', renamed.name], ['plain', ' is '], ['path', renamed.url]])
  },
})

const show = defineCommand({
  name: 'show',
  group: 'exchange',
  summary: 'Show what a remote has, and how it stands to what is here',
  positionals: ['name?'],
  examples: [['atom remote show usb', 'which branches are ahead, behind, or only on one side']],
  perform: async (host, { positionals }) => {
    const { showRemoteFor } = await import('../../app/remotes/remotes.js')
    const result = await host.runOperation(showRemoteFor(host.context), { remote: positionals.name }) as ShowRemoteResult
    if (host.output.isJson) await host.output.json(showJson(result))
    else for (const line of showLines(result)) await host.output.line(line)
  },
})

export const remoteCommand: Command = defineGroup({
  name: 'remote',
  group: 'exchange',
  summary: 'List, add, remove or look at other copies of the trail',
  examples: [
    ['atom remote', 'which remotes there are, and where'],
    ['atom remote add usb /media/stick/trail', 'a folder on a stick'],
    ['atom remote show usb', 'what it has'],
  ],
  subcommands: [list, add, remove, rename, show, initWorkerCommand],
  defaultSubcommand: 'list',
})

async function showNamed(host: Host, { name, url }: Named): Promise<void> {
  if (host.output.isJson) await host.output.json({ name, url })
  else await host.output.line([['remote', name], ['plain', ' '], ['path', url]])
}

const STANDINGS: Readonly<Record<string, string>> = {
  'same': 'the same here', 'ahead': 'ahead of the one here: atom pull', 'behind': 'behind the one here: atom push', 'diverged': 'gone another way than the one here: atom pull', 'unknown': 'has ATOMs that are not here: atom fetch',
  'not-here': 'not here: atom fetch', 'not-there': 'only here: atom push',
}

function showLines({ name, location, head, refs }: ShowRemoteResult): readonly Line[] {
  const width = Math.max(0, ...refs.map(({ ref }) => shortRefName(ref).length))
  return [
    [['remote', name ?? location], ['plain', ' '], ['path', location]],
    ...refs.map(({ ref, there, standing }): Line => [
      ['plain', ref === head ? '* ' : '  '], [ref.startsWith(TAGS) ? 'tag' : 'branch', shortRefName(ref)], ['plain', ' '.repeat(width - shortRefName(ref).length + 1)],
      ['id', there === undefined ? '-'.repeat(10) : digestOf(there).slice(0, 10)], ['plain', ' '], ['dim', STANDINGS[standing] ?? standing],
    ]),
  ]
}

function showJson({ name, location, head, refs }: ShowRemoteResult): unknown {
  return {
    name: name ?? null, location, head: head ?? null,
    refs: refs.map(({ ref, there, here, standing }) => ({ ref, remote: there === undefined ? null : digestOf(there), local: here === undefined ? null : digestOf(here), standing })),
  }
}
