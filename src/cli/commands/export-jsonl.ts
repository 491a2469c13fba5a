import { exportJsonl } from '../../ops/transfer/jsonl/export-jsonl.js'
import type { JsonMap } from '../../ops/transfer/jsonl/jsonl-form.js'
import { defineCommand, flag, type Command } from '../command.js'

export const exportJsonlCommand: Command = defineCommand({
  name: 'jsonl',
  group: 'read',
  summary: 'Write the trail as JSON lines',
  description: `One JSON object a line: contents, ATOMs (parents before children), tags, refs. \`atom import jsonl\` makes the same objects of them again, with the same ids. Without a revision: everything that the refs reach, with the refs. docs/spec/jsonl.md describes the lines.`,
  positionals: ['revs...?'],
  options: { all: flag('Everything that the refs reach; what is done without a revision') },
  examples: [
    ['atom export jsonl > trail.jsonl', 'all of it, into a file'],
    ['atom export jsonl main~10..main | grep \'"kind":"atom"\'', 'the last ten ATOMs of main'],
  ],
  perform: async (host, { positionals, options }) => {
    const lines = await host.runOperation(exportJsonl, { revisions: options.all ? [] : positionals.revs }) as AsyncIterable<JsonMap>
    for await (const line of lines) {
      host.signal.throwIfAborted()
      await host.output.json(line)
    }
  },
})
