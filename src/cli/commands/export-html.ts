import type { CreateBundleResult } from '../../exchange/bundle/create-bundle.js'
import { AtomError } from '../../base/errors.js'
import { digestOf } from '../../codec/object-id.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import { amount } from '../render/verify.js'

export const exportHtmlCommand: Command = defineCommand({
  name: 'html',
  group: 'read',
  summary: 'Write the trail as a web page that verifies itself',
  description: 'Makes one file that any browser opens without a network: timeline, graph, every ATOM with its evidence and diffs. It carries the objects themselves, and each time it is opened the reader\'s browser hashes them again and follows '
    + 'every link: no verdict is written into it. `atom bundle verify FILE` judges the same file with a program that did not come with it. Texts are in it as they were recorded, for everybody who has the file.',
  usage: 'export html FILE [REF…] [--since REV|DATE] [--force]',
  positionals: ['file', 'refs...?'],
  options: {
    since: text('REV|DATE', 'Leave out what this reaches, or what is older'),
    force: flag('Replace a file that is there'),
  },
  examples: [
    ['atom export html audit.html', 'everything, for an auditor with nothing but a browser'],
    ['atom export html week.html main --since "7 days ago"', 'what is new on main'],
  ],
  perform: async (host, { positionals, options }) => {
    if (positionals.file === '') throw new AtomError('USAGE', 'there is no file to write to', { data: {}, hint: 'atom export html trail.html' })
    const { createPageAt } = await import('../../app/remotes/pages.js')
    const result = await host.runOperation(createPageAt({ file: positionals.file, force: options.force }, host.context), { refs: positionals.refs, since: options.since }) as CreateBundleResult
    const refs = [...result.refs].map(([ref, id]) => ({ ref, object: digestOf(id) }))
    if (host.output.isJson) await host.output.json({ file: positionals.file, root: digestOf(result.root), refs, atoms: result.atoms, objects: result.objects })
    else host.output.note([['plain', `${amount(result.atoms)} ATOMs, ${amount(result.objects)} objects in ${positionals.file}, root `], ['id', digestOf(result.root)]])
  },
})
