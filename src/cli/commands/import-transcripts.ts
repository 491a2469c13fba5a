/** `atom import claude-code` and its like: one command for each agent of the table. */
import type { ImportTranscriptsResult } from '../../ops/transfer/transcripts/import-transcripts.js'
import type { TranscriptAgent } from '../../ops/transfer/transcripts/transcript-agents.js'
import { defineCommand, flag, type Command } from '../command.js'
import { importTranscriptsJson, renderImportTranscripts } from '../render/import-transcripts.js'

export function importTranscriptsCommand({ name, label, place, lacks }: TranscriptAgent): Command {
  return defineCommand({
    name,
    group: 'read',
    summary: `Import the sessions of ${label}`,
    description: `${place === undefined ? 'PATH is a transcript or a folder of them.' : `Without PATH, the transcripts of this project where ${label} keeps them: ${place}. PATH is a transcript or a folder of them.`} They are only read.

A session becomes a chain of ATOMs: SESSION, then for each turn a PROMPT, what the agent did (EDIT, COMMAND, TOOL) and a TURN with the answer and the tokens, each API response counted once. The raw lines are kept as evidence. All sessions land on the branch sessions/${name}, or on --branch. Running it again adds what is new. A turn that is going on waits for its end. A line that cannot be read is named by its number and kept; then the exit code is 1. docs/transcripts.md has the whole of it.${lacks === undefined ? '' : ` ${lacks}`}

Transcripts hold secrets as they were typed and printed. They are recorded as they are: see \`atom forget\`, and look before you push.`,
    positionals: ['paths...?'],
    options: {
      open: flag('Take also a turn that is going on, as far as it has come; what comes later is a further part'),
    },
    ...(place === undefined && { usage: `import ${name} PATH…` }),
    examples: [
      place === undefined ? [`atom import ${name} sessions`, 'all that are in a folder'] : [`atom import ${name}`, 'the sessions of this project'],
      [`atom import ${name} session.jsonl --branch ${name}-work`, 'one session, on a branch of its own'],
    ],
    perform: async (host, { positionals, options, flags }) => {
      const { importTranscriptsFor } = await import('../../app/data/sources.js')
      const result = await host.runOperation(importTranscriptsFor(host.context), { source: name, paths: positionals.paths, branch: flags.branch, open: options.open }) as ImportTranscriptsResult
      if (host.output.isJson) await host.output.json(importTranscriptsJson(result))
      else for (const line of renderImportTranscripts(result)) await host.output.line(line)
      return result.brokenCount > 0 || result.refused.length > 0 ? 1 : 0
    },
  })
}
