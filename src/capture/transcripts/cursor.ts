/** Cursor: `~/.cursor/projects/<path>/agent-transcripts/<id>.jsonl`, lines `{role, message}` without ids, tokens or results. Its databases are not read. */
import type { TranscriptEvent } from '../../ops/transfer/transcript-source.js'
import { getFields, getList, getName, getText, getTimeMs, recordedJson, textsOf, type JsonFields } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type TranscriptFormat } from './format.js'
import { workOf } from './tools.js'

export const cursor: TranscriptFormat = {
  name: 'cursor',
  endings: ['.jsonl'],
  createReader,
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
    if (role === 'assistant') return { ...known(role, partEvents(message, key)), timeMs }
    return { ...unknown(`role ${role}`), timeMs }
  }
}

function partEvents(message: JsonFields, key: string): readonly TranscriptEvent[] {
  const { content } = message
  if (typeof content === 'string') return content === '' ? [] : [{ is: 'text', text: content }]
  return getList(content).flatMap((part, place): readonly TranscriptEvent[] => {
    const fields = getFields(part)
    const [text, tool] = [getText(fields, 'text'), getName(fields, 'name')]
    if (fields?.['type'] === 'tool_use' && tool !== undefined) {
      const call = `${key}\n${String(place)}\n${tool}`
      return [{ is: 'call', call, key: call, tool, input: recordedJson(fields['input']), work: workOf(tool, fields['input']) }]
    }
    return text === undefined || text === '' ? [] : [{ is: 'text', text }]
  })
}
