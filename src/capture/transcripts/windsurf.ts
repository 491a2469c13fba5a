/** Windsurf: lines whose `type` names the step and the field that has its values. No ids, no times, no tokens. */
import type { ToolResult, TranscriptEvent } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields, getInteger, getName, getText, getTimeMs, recordedJson, type JsonFields } from './fields.js'
import { known, unknown, type FileAbout, type LineReader, type TranscriptFormat } from './format.js'

export const windsurf: TranscriptFormat = { name: 'windsurf', endings: ['.jsonl'], createReader }

/** Steps that only look. */
const QUIET = new Set(['view_file', 'view_file_outline', 'list_directory', 'grep_search', 'grep_search_v2', 'find', 'find_by_name', 'search_web', 'read_url_content', 'codebase_search', 'trajectory_search', 'view_content_chunk', 'command_status', 'lint_diff', 'list_resources', 'read_resource'])
const SILENT = new Set(['checkpoint', 'memory', 'retrieve_memory', 'ephemeral_message', 'todo_list', 'suggested_responses', 'error_message', 'conversation_history', 'user_rules'])

function createReader(about: FileAbout): LineReader {
  return (line, number) => {
    const type = getName(line, 'type') ?? 'line without a type'
    const events = eventsOf(type, getFields(line[type]), `${about.stem}\n${String(number)}`)
    return { ...(events === undefined ? SILENT.has(type) ? known(type) : unknown(type) : known(type, events)), timeMs: getTimeMs(line['timestamp']) }
  }
}

function eventsOf(type: string, step: JsonFields | undefined, key: string): readonly TranscriptEvent[] | undefined {
  switch (type) {
    case 'user_input':
      return [{ is: 'prompt', key, text: getText(step, 'user_response') ?? '', by: 'user' }]
    case 'planner_response': {
      const text = getText(step, 'response') ?? ''
      return text === '' ? [] : [{ is: 'text', text }]
    }
    case 'code_action': {
      const [path, after] = [pathOf(step), getText(step, 'new_content')]
      return [callOf(key, type, { kind: 'edit', edits: [{ path, how: 'write', ...(after !== undefined && { after }) }] }), { is: 'result', call: key, result: { isError: false } }]
    }
    case 'run_command':
      return commandEvents(step, key)
    default:
      if (QUIET.has(type)) return [callOf(key, type, { kind: 'quiet' })]
      return type.startsWith('mcp') ? [{ ...callOf(key, type, { kind: 'other' }), input: recordedJson(step) }] : undefined
  }
}

function commandEvents(step: JsonFields | undefined, key: string): readonly TranscriptEvent[] {
  const [output, exitCode] = [getText(step, 'output'), getInteger(step, 'exit_code')]
  const isError = step?.['user_rejected'] === true || (exitCode !== undefined && exitCode !== 0)
  const result: ToolResult = { isError, ...(output !== undefined && { output }), ...(exitCode !== undefined && { exitCode }) }
  return [callOf(key, 'run_command', { kind: 'command', command: [getText(step, 'command') ?? ''] }), { is: 'result', call: key, result }]
}

type Call = Extract<TranscriptEvent, { readonly is: 'call' }>

function callOf(key: string, tool: string, work: Call['work']): Call {
  return { is: 'call', call: key, key, tool, input: null, work }
}

function pathOf(step: JsonFields | undefined): string {
  return (getName(step, 'path', 'file_path', 'uri') ?? '').replace(/^file:\/\//, '')
}
