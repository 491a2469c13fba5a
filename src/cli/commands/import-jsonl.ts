import type { ImportJsonlResult } from '../../ops/transfer/jsonl/import-jsonl.js'
import { defineCommand, type Command } from '../command.js'
import { importJsonlJson, renderImportJsonl } from '../render/import-jsonl.js'

export const importJsonlCommand: Command = defineCommand({
  name: 'jsonl',
  group: 'read',
  summary: 'Take in JSON lines',
  description: `Lines that \`atom export jsonl\` wrote become the same objects again, with the same ids. Lines of your own need only "type" and "title"; the other fields are named as in \`atom show --json\`, files as {"path","text"} or {"path","base64"}. A wrong line is named by its number and kept as it stands on the branch refused/jsonl, and no other is lost for it; then the exit code is 1. Importing a file twice adds nothing. docs/spec/jsonl.md describes the lines.`,
  positionals: ['file'],
  examples: [
    ['atom import jsonl trail.jsonl', 'what atom export jsonl wrote'],
    ['echo \'{"type":"DECISION","title":"Use LevelDB"}\' | atom import jsonl -', 'a line of your own'],
  ],
  perform: async (host, { positionals }) => {
    const { importJsonlFrom } = await import('../../app/data/sources.js')
    const operation = importJsonlFrom(positionals.file, { cwd: host.cwd, stdin: () => host.stdin.chunks() })
    const result = await host.runOperation(operation, {}) as ImportJsonlResult
    if (host.output.isJson) await host.output.json(importJsonlJson(result))
    else for (const line of renderImportJsonl(result)) await host.output.line(line)
    return result.problemCount > 0 || result.isCutOff ? 1 : 0
  },
})
