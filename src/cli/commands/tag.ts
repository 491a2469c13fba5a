import { AtomError } from '../../base/errors.js'
import { digestOf } from '../../codec/object-id.js'
import { tagCreate, tagDelete, tagList, type TagItem } from '../../ops/fork/tag.js'
import { formatTime } from '../../trail/atom-json.js'
import { defineCommand, flag, list, text, type Command } from '../command.js'
import { titleSpan } from '../render/atom-lines.js'
import type { Host } from '../host.js'

export const tagCommand: Command = defineCommand({
  name: 'tag',
  group: 'fork',
  summary: 'List, create or delete tags',
  description: 'A tag with a message (-m) is an object of its own, with who gave it and when. -v shows what each tag names.',
  usage: 'tag [-l [PATTERN]] | NAME [REV] [-m MSG] | -d NAME…',
  positionals: ['names...?'],
  options: {
    annotate: flag('Make a tag object; needs a message', { short: 'a' }),
    message: list('MSG', 'The message of a tag object', { short: 'm' }),
    delete: flag('Delete tags', { short: 'd', conflicts: ['annotate', 'message', 'list'] }),
    list: flag('List tags, those that fit PATTERN', { short: 'l' }),
    force: flag('Move a tag that exists', { short: 'f' }),
    file: text('FILE', 'Read the message from stdin: -', { short: 'F', choices: ['-'], conflicts: ['message'] }),
  },
  examples: [
    ['atom tag stable', 'the newest ATOM of the branch is called stable'],
    ['atom tag -a v1 -m "What we shipped" ATOM-DEPLOY-20241127-006', 'with who, when and why'],
    ['atom tag -l "v*"', 'those that begin with v'],
    ['atom tag -d stable', 'away with it'],
  ],
  pager: true,
  perform: async (host, { positionals, options }) => {
    const [first, target, ...rest] = positionals.names
    if (options.delete) {
      const deleted = await host.runOperation(tagDelete, { names: positionals.names }) as readonly TagItem[]
      for (const item of deleted) {
        if (host.output.isJson) await host.output.json(tagJson(item))
        else await host.output.line([['plain', 'Deleted tag '], ['tag', item.name], ['plain', ' (was '], ['id', digestOf(item.object).slice(0, 10)], ['plain', ').']])
      }
      return
    }
    if (first === undefined || options.list) {
      await showTags(host, first)
      return
    }
    if (rest.length > 0) throw new AtomError('USAGE', 'tag takes NAME [REV]', { data: {}, hint: 'atom tag NAME REV' })
    const message = options.file === undefined ? options.message.join('\n\n') : new TextDecoder().decode(await host.stdin.bytes())
    const isAnnotated = options.annotate || options.message.length > 0 || options.file !== undefined
    if (isAnnotated && message.trim() === '') throw new AtomError('USAGE', 'a tag object needs a message', { data: { option: 'm' }, hint: `atom tag -a ${first} -m "what it stands for"` })
    const made = await host.runOperation(tagCreate, { name: first, target, ...(isAnnotated && { message }), force: options.force }) as TagItem
    if (host.output.isJson) await host.output.json(tagJson(made))
    else host.output.note([['tag', made.name], ['plain', ' is '], ['atom', made.atomId ?? ''], ['plain', ' '], ['id', digestOf(made.object).slice(0, 10)]])
  },
})

async function showTags(host: Host, pattern: string | undefined): Promise<void> {
  for await (const item of await host.runOperation(tagList, { pattern }) as AsyncIterable<TagItem>) {
    if (host.output.isJson) await host.output.json(tagJson(item))
    else if (!host.output.view.isVerbose) await host.output.line([['tag', item.name]])
    else await host.output.line([['tag', item.name], ['plain', ' '], ['atom', item.atomId ?? digestOf(item.object)], ['plain', ' '], titleSpan(item.annotation?.message.split('\n')[0] ?? '')])
  }
}

/** The JSON of a tag: `object` is what the ref names, `target` the ATOM that it leads to. */
export function tagJson(item: TagItem): unknown {
  const { annotation } = item
  return {
    name: item.name, object: digestOf(item.object), target: item.target === undefined ? null : digestOf(item.target), atom_id: item.atomId ?? null, annotated: annotation !== undefined,
    agent: annotation?.agent ?? null, time: annotation === undefined ? null : formatTime(annotation.timeMs), message: annotation?.message ?? null,
  }
}
