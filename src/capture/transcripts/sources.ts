/** The parser of each agent in the table. */
import type { TranscriptAgentName } from '../../ops/transfer/transcript-agents.js'
import { claudeCode } from './claude-code.js'
import { codex } from './codex.js'
import { cursor } from './cursor.js'
import type { TranscriptFormat } from './format.js'
import { gemini } from './gemini.js'

const FORMATS: { readonly [Name in TranscriptAgentName]: TranscriptFormat } = {
  'claude-code': claudeCode, codex, gemini, cursor,
}

export function getFormat(name: string): TranscriptFormat | undefined {
  return Object.hasOwn(FORMATS, name) ? FORMATS[name as TranscriptAgentName] : undefined
}
