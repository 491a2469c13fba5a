/** `atom export`: writes the trail out for other programs. */
import { defineGroup, type Command } from '../command.js'

export const exportCommand: Command = defineGroup({
  name: 'export',
  group: 'read',
  summary: 'Write the trail out for other programs',
  examples: [
    ['atom export jsonl > trail.jsonl', 'everything that the refs reach, one JSON object a line'],
    ['atom export jsonl main~10..main', 'the last ten ATOMs of main, for grep and jq'],
  ],
  subcommands: [
    {
      name: 'html', group: 'read', summary: 'Write the trail as a web page that verifies itself',
      load: async () => (await import('./export-html.js')).exportHtmlCommand,
    },
    {
      name: 'sqlite', group: 'read', summary: 'Write the trail as a SQLite database',
      load: async () => (await import('./export-sqlite.js')).exportSqliteCommand,
    },
    {
      name: 'context-sync', group: 'read', summary: 'Write the trail for context-sync servers',
      load: async () => (await import('./export-context-sync.js')).exportContextSyncCommand,
    },
    {
      name: 'kenl', group: 'read', summary: 'Write the trail as KENL\'s log or table',
      load: async () => (await import('./export-kenl.js')).exportKenlCommand,
    },
    {
      name: 'prov', group: 'read', summary: 'Write the trail as W3C PROV',
      load: async () => (await import('./export-prov.js')).exportProvCommand,
    },
    {
      name: 'otel', group: 'read', summary: 'Write the trail as OpenTelemetry traces',
      load: async () => (await import('./export-otel.js')).exportOtelCommand,
    },
    {
      name: 'jsonl', group: 'read', summary: 'Write the trail as JSON lines',
      load: async () => (await import('./export-jsonl.js')).exportJsonlCommand,
    },
  ],
})
