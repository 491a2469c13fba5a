import { AtomError } from '../../base/errors.js'
import { digestOf } from '../../codec/object-id.js'
import { catFile, type CatFileResult } from '../../ops/prove/cat-file.js'
import { defineCommand, flag, type Command } from '../command.js'
import { renderTreeItem } from '../render/ls-tree.js'

export const catFileCommand: Command = defineCommand({
  name: 'cat-file',
  group: 'prove',
  summary: 'Show an object as it is stored',
  usage: 'cat-file (-t | -s | -p | -e | --raw) OBJECT',
  positionals: ['object'],
  options: {
    type: flag('Its kind', { short: 't', conflicts: ['size', 'pretty', 'exists', 'raw'] }),
    size: flag('Its size in bytes', { short: 's', conflicts: ['pretty', 'exists', 'raw'] }),
    pretty: flag('What it says', { short: 'p', conflicts: ['exists', 'raw'] }),
    exists: flag('Nothing; the exit code says whether it is there', { short: 'e', conflicts: ['raw'] }),
    raw: flag('Its exact bytes: they have the SHA-256 that is its id'),
  },
  examples: [
    ['atom cat-file -p HEAD', 'the header of the newest ATOM'],
    ['atom cat-file -t v1', 'whether a tag is an object of its own'],
    ['atom cat-file --raw HEAD | sha256sum', 'its id, computed by another program'],
  ],
  perform: async (host, { positionals, options }) => {
    if (!Object.values(options).includes(true)) throw new AtomError('USAGE', 'cat-file needs -t, -s, -p, -e or --raw', { data: {}, hint: `atom cat-file -p ${positionals.object}` })
    const result = await host.runOperation(catFile, { object: positionals.object }) as CatFileResult
    const { kind, bytes, value, entries } = result
    const { output } = host
    if (options.exists) return
    if (output.isJson) {
      await output.json({ object: digestOf(result.id), kind, size: bytes.length, ...(value === undefined ? { bytes } : { value }) })
    } else if (options.type) await output.line([['plain', kind]])
    else if (options.size) await output.line([['count', String(bytes.length)]])
    else if (options.raw || value === undefined) await output.line({ bytes })
    else if (entries !== undefined) for (const entry of entries) await output.line(renderTreeItem(entry))
    else for (const line of JSON.stringify(value, undefined, 2).split('\n')) await output.line([['plain', line]])
  },
})
