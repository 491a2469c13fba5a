/** Cursor: `~/.cursor/projects/<path>/agent-transcripts/<id>.jsonl`, lines `{role, message}` without ids, tokens or results; and databases, which have them. */
import { getFields, getName, getTimeMs, textsOf } from './fields.js'
import { cursorSessions } from './cursor-database.js'
import { known, unknown, type FileAbout, type LineReader, type TranscriptFormat } from './format.js'
import { saidParts } from './parts.js'

export const cursor: TranscriptFormat = {
  name: 'cursor',
  endings: ['.jsonl'],
  createReader,
  databases: { endings: ['.vscdb'], sessions: cursorSessions },
}

/** Cursor writes the query between tags. */
const QUERY = /<user_query>\n?([\s\S]*?)\n?<\/user_query>/

function createReader(about: FileAbout): LineReader {
  return (line, number) => {
    const role = getName(line, 'role')
    const message = getFields(line['message'])
    if (role === undefined || message === undefined) return unknown(getName(line, 'type') ?? 'line without a role')
    const timeMs = getTimeMs(line['timestamp'])
    const key = `${about.stem}\n${String(number)}`
    const text = textsOf(message['content']).join('\n')
    if (role === 'user') return { ...known(role, [{ is: 'prompt', key: `${key}\n${text}`, text: QUERY.exec(text)?.[1] ?? text, by: 'user' }]), timeMs }
    if (role === 'assistant') return { ...known(role, saidParts(message['content'], key)), timeMs }
    return { ...unknown(`role ${role}`), timeMs }
  }
}
