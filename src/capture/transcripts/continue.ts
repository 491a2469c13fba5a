/** Continue: `<session>.json`, a session as one document, without times; `sessions.json` beside it says when it began. Tokens are of all of it only. */
import type { TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields, getList, getName, getTimeMs, recordedJson, textsOf, type JsonFields } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type TranscriptFormat } from './format.js'
import { callEvents } from './parts.js'

export const continueCli: TranscriptFormat = { name: 'continue', endings: ['.json'], listedIn: 'sessions.json', isOne: ({ stem }) => stem !== 'sessions', createReader, cutDocument: ({ history, ...head }) => [head, ...getList(history)] }

function createReader(about: FileAbout): LineReader {
  let session = about.stem
  return (line, number) => {
    const message = getFields(line['message'])
    if (message === undefined) {
      session = getName(line, 'sessionId') ?? session
      const folder = getName(line, 'workspaceDirectory')
      const head = known('session', [{ is: 'session', id: session, metadata: folder === undefined ? {} : { cwd: recordedJson(folder) } }])
      return number === 1 ? { ...head, timeMs: beganMs(line, about) } : unknown('item without a message')
    }
    const role = getName(message, 'role') ?? ''
    return known(role, messageEvents(role, { item: line, message, key: `${session}\n${String(number)}` }))
  }
}

/** A number is a text there, too. */
function beganMs(line: JsonFields, { beside }: FileAbout): number | undefined {
  const written = line['dateCreated'] ?? beside?.['dateCreated']
  return getTimeMs(typeof written === 'string' && /^\d{10,13}$/.test(written) ? Number(written) : written)
}

interface Message { readonly item: JsonFields; readonly message: JsonFields; readonly key: string }

function messageEvents(role: string, { item, message, key }: Message): readonly TranscriptEvent[] {
  const text = textsOf(message['content']).join('\n')
  if (role === 'user') return [{ is: 'prompt', key, text, by: 'user' }]
  if (role !== 'assistant') return []
  const calls = getList(message['toolCalls']).flatMap((call) => {
    const fields = getFields(call)
    return callEvents({ ...getFields(fields?.['function']), id: fields?.['id'] }, key)
  })
  return [...(text === '' ? [] : [{ is: 'text' as const, text }]), ...calls, ...getList(item['toolCallStates']).flatMap((state) => resultEvents(getFields(state)))]
}

function resultEvents(state: JsonFields | undefined): readonly TranscriptEvent[] {
  const [call, status] = [getName(state, 'toolCallId'), getName(state, 'status')]
  if (call === undefined || status === undefined || !['done', 'errored', 'canceled'].includes(status)) return []
  const output = getList(state?.['output']).flatMap((item) => getName(getFields(item), 'content') ?? []).join('\n')
  return [{ is: 'result', call, result: { output, isError: status !== 'done' } }]
}
