/** The parser of each agent in the table. */
import type { TranscriptAgentName } from '../../ops/transfer/transcripts/transcript-agents.js'
import { amp } from './amp.js'
import { claudeCode } from './claude-code.js'
import { continueCli } from './continue.js'
import { codex } from './codex.js'
import { copilot } from './copilot.js'
import { cursor } from './cursor.js'
import { droid } from './droid.js'
import type { TranscriptFormat } from './format.js'
import { gemini } from './gemini.js'
import { pi } from './pi.js'
import { windsurf } from './windsurf.js'

const FORMATS: { readonly [Name in TranscriptAgentName]: TranscriptFormat } = {
  'claude-code': claudeCode, codex, gemini, cursor, copilot, amp, droid, pi, windsurf,
  'continue': continueCli,
}

export function getFormat(name: string): TranscriptFormat | undefined {
  return Object.hasOwn(FORMATS, name) ? FORMATS[name as TranscriptAgentName] : undefined
}
