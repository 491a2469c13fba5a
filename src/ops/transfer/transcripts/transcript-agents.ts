/** The one table of agents whose transcripts are read. To add one: a line here, its parser in `capture/transcripts`, where it keeps those of a project in `where.ts` there. */

export type TranscriptAgentName = 'claude-code' | 'codex' | 'gemini' | 'cursor' | 'copilot' | 'amp' | 'droid' | 'pi' | 'windsurf' | 'continue'

export interface TranscriptAgent {
  /** The name in `import NAME`, and the agent of the ATOMs. */
  readonly name: TranscriptAgentName
  /** As its makers call it. */
  readonly label: string
  /** Where it keeps the transcripts of a project, for people; absent where paths have to be given. */
  readonly place?: string
  /** What the transcripts do not say. */
  readonly lacks?: string
}

export const TRANSCRIPT_AGENTS: readonly TranscriptAgent[] = [
  { name: 'claude-code', label: 'Claude Code', place: '~/.claude/projects (or $CLAUDE_CONFIG_DIR), subagents too' },
  { name: 'codex', label: 'Codex CLI', place: '~/.codex/sessions and archived_sessions (or $CODEX_HOME), those that began in this project' },
  { name: 'gemini', label: 'Gemini CLI', place: '~/.gemini/tmp' },
  { name: 'cursor', label: 'Cursor', place: '~/.cursor/projects', lacks: 'No times, no results of tools and no tokens are in these transcripts. The databases of Cursor (state.vscdb) have them: name one as PATH to read the sessions of all its projects; a session that is in both comes in twice.' },
  { name: 'copilot', label: 'GitHub Copilot', lacks: 'Read are the event streams of the CLI and of VS Code, which have no tokens; not the chat sessions of VS Code, which are patches of a state.' },
  { name: 'amp', label: 'Amp' },
  { name: 'droid', label: 'Droid', lacks: 'The tokens of a session, which stand in its settings file, are not taken: they are not told apart by response.' },
  { name: 'pi', label: 'Pi' },
  { name: 'windsurf', label: 'Windsurf', lacks: 'These transcripts have no times and no tokens: their ATOMs are of 1970, in order.' },
  { name: 'continue', label: 'Continue', lacks: 'These sessions have no times but that of their beginning, which sessions.json beside them has, and no tokens by response.' },
]
