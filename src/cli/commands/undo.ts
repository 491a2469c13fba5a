import { digestOf } from '../../codec/object-id.js'
import { undo, type UndoResult } from '../../ops/undo/undo.js'
import { displayPath } from '../../trail/paths.js'
import { defineCommand, type Command } from '../command.js'
import { endWithFiles } from '../integration-end.js'
import { LONG_LAY_OUT_OPTIONS, layOutWords } from '../words/lay-out-options.js'
import { changeLines, opJson } from '../render/op-log.js'
import { fileNotes } from '../render/laid-out.js'

export const undoCommand: Command = defineCommand({
  name: 'undo',
  group: 'undo',
  summary: 'Take back the last move of the current branch',
  description: 'Or any operation of `atom op log`, by its id or number, as long as nothing moved the same refs since. Undo is an operation too: undone once more, it redoes. What another agent did needs --force.',
  positionals: ['op?'],
  options: { ...LONG_LAY_OUT_OPTIONS },
  examples: [['atom undo', 'take back the last move of this branch; once more, redo it'], ['atom undo 12', 'operation number 12'], ['atom undo --dry-run', 'show what would move']],
  perform: async (host, { positionals, options }) => {
    const result = await host.runOperation(undo, { operation: positionals.op, ...layOutWords(options) }) as UndoResult
    const { undone, op, files, changes } = result
    if (host.output.isJson) {
      await host.output.json({ ...(op === undefined ? {} : opJson(op)), undone: opJson(undone), not_written: (files?.lacking ?? []).map(displayPath) })
    } else {
      await host.output.line([['plain', options.dryRun ? 'Would undo ' : 'Undid '], ['command', undone.op.command], ['plain', ' '], ['count', `#${String(undone.op.seq)}`], ['plain', ' '], ['id', digestOf(undone.id).slice(0, 10)], ['plain', ' of '], ['agent', undone.op.agent]])
      for (const line of changeLines(changes)) await host.output.line(line)
      for (const line of fileNotes(files)) await host.output.line(line)
    }
    endWithFiles(files)
  },
})
