import { AtomError } from '../../base/errors.js'
import type { ExportOtelResult } from '../../ops/transfer/standards/export-otel.js'
import { defineCommand, flag, type Command } from '../command.js'
import { amount } from '../render/verify.js'

export const exportOtelCommand: Command = defineCommand({
  name: 'otel',
  group: 'read',
  summary: 'Write the trail as OpenTelemetry traces',
  description: `OTLP/JSON: an ATOM is a span, its first parent the parent, what influenced it a link; agent, model and tokens stand under the names of the GenAI conventions. Each line is a request of at most 1000 spans, for a collector's otlpjsonfile receiver or to be posted to /v1/traces. docs/standards.md has what becomes of what.

Ids come from object ids, so an ATOM is the same span in every export; \`atom show\` takes a span id. Without a revision: everything that the refs reach. The file is there whole or not at all.`,
  usage: 'export otel [--force] FILE [REV…]',
  positionals: ['file', 'revs...?'],
  options: { force: flag('Replace a file that is there') },
  examples: [
    ['atom export otel trail.otlp.jsonl', 'all of it'],
    ['atom export otel last.otlp.jsonl main~10..main', 'the last ten ATOMs of main'],
  ],
  perform: async (host, { positionals, options }) => {
    if (positionals.file === '') throw new AtomError('USAGE', 'there is no file to write to', { data: {}, hint: 'atom export otel trail.otlp.jsonl' })
    const { exportOtelTo } = await import('../../app/data/new-file.js')
    const result = await host.runOperation(exportOtelTo({ file: positionals.file, force: options.force }, host.context), { revisions: positionals.revs }) as ExportOtelResult
    if (host.output.isJson) await host.output.json({ file: positionals.file, ...result })
    else host.output.note([['plain', `${amount(result.atoms)} ${result.atoms === 1 ? 'span' : 'spans'} in ${positionals.file}`]])
  },
})
