/** Droid (Factory): `<session>.jsonl` with lines `session_start`, `message` and `todo_state`. The session's tokens stand in a settings file, for all of it only. */
import type { TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields, getList, getName, getTimeMs, recordedJson, textsOf } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type TranscriptFormat } from './format.js'
import { resultParts, saidParts } from './parts.js'

export const droid: TranscriptFormat = { name: 'droid', endings: ['.jsonl'], createReader }

function createReader(about: FileAbout): LineReader {
  return (line, number) => {
    const type = getName(line, 'type') ?? 'line without a type'
    const timeMs = getTimeMs(line['timestamp'])
    if (type === 'session_start') return { ...known(type, [{ is: 'session', id: getName(line, 'id') ?? about.stem, metadata: getName(line, 'cwd') === undefined ? {} : { cwd: recordedJson(line['cwd']) } }]), timeMs }
    if (type === 'todo_state' || type === 'compaction_state' || type === 'session_end') return { ...known(type), timeMs }
    const message = getFields(line['message'])
    if (type !== 'message' || message === undefined) return { ...unknown(type), timeMs }
    const key = getName(line, 'id') ?? `${about.stem}\n${String(number)}`
    return { ...known(`message ${getName(message, 'role') ?? ''}`, messageEvents(getName(message, 'role'), message['content'], key)), timeMs }
  }
}

function messageEvents(role: string | undefined, content: unknown, key: string): readonly TranscriptEvent[] {
  if (role === 'assistant') return saidParts(content, key)
  const results = resultParts(content)
  if (role !== 'user' || results.length > 0) return results
  // What follows the first text is what Droid adds: files that were named, reminders.
  const [text] = textsOf(content).filter((each) => !each.startsWith('<system-reminder>'))
  return text === undefined || getList(content).length === 0 && content === '' ? [] : [{ is: 'prompt', key, text, by: 'user' }]
}
