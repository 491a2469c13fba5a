/**
 * An agent's transcripts as `import` reads them: files of lines, each line already turned into events by a parser that knows the agent's format.
 * Implemented by `capture/transcripts`. docs/transcripts.md says what becomes of the events.
 */
import type { CborValue } from '../../../codec/cbor.js'

/** What one API response cost, as the line says it. Cache reads and writes are not part of the input. */
export interface ResponseTokens {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** The part of the cache writes that is kept for an hour, where the source tells it apart. */
  readonly cacheWriteHour?: number
}

/** One file as a tool call would have it. A transcript does not prove what was on disk. */
export interface ToolEdit {
  readonly path: string
  readonly how: 'create' | 'modify' | 'delete' | 'write'
  /** Texts that were replaced, or the whole file as it was where the source has it. */
  readonly before?: string
  /** Texts put in their place, or the whole file as it was to be. */
  readonly after?: string
}

/** `quiet`: it only looks, or changes nothing but the agent's own notes. `other`: it may change something somewhere. */
export type ToolWork =
  | { readonly kind: 'quiet' }
  | { readonly kind: 'edit'; readonly edits: readonly ToolEdit[]; readonly patch?: string }
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'other' }

export interface ToolResult {
  readonly output?: string
  readonly stderr?: string
  readonly isError: boolean
  readonly exitCode?: number
  readonly durationMs?: number
  /** What the result says of the edits, where it says more than the call: whole files, a patch. */
  readonly edits?: readonly ToolEdit[]
  readonly patch?: string
}

export type TranscriptEvent =
  /** Names the session; the first one of a file counts. */
  | { readonly is: 'session'; readonly id: string; readonly metadata: { readonly [key: string]: CborValue } }
  | { readonly is: 'prompt'; readonly key: string; readonly text: string; readonly by: 'user' | 'agent' }
  | { readonly is: 'call'; readonly call: string; readonly key: string; readonly tool: string; readonly input: CborValue; readonly work: ToolWork }
  | { readonly is: 'result'; readonly call: string; readonly result: ToolResult }
  | { readonly is: 'text'; readonly text: string }
  /** The source says that the turn is at its end. */
  | { readonly is: 'end' }
  /** Repeated for one response as often as the source repeats it: the key says which belong together, in all files of the agent. */
  | { readonly is: 'usage'; readonly key: string; readonly model?: string; readonly tokens: ResponseTokens }

export interface TranscriptLine {
  /** From 1. */
  readonly number: number
  /** As the file has it, its end included; a part of it where it is too long to be held. Absent where the source is no file of lines. */
  readonly bytes?: Uint8Array
  /** More of the same line follows. */
  readonly isOpen?: boolean
  readonly timeMs?: number
  readonly events: readonly TranscriptEvent[]
  /** What the source calls this kind of line. */
  readonly type?: string
  /** `known`: taken, or known to say nothing that is taken. */
  readonly standing: 'known' | 'unknown' | 'broken' | 'torn'
  /** Why it is broken. */
  readonly problem?: string
}

export interface TranscriptFile {
  /** As the user may find it again. */
  readonly shown: string
  /** The same on every machine: goes into the trail. */
  readonly name: string
  /** Stands for the session until a line names it. */
  readonly sessionId: string
  lines(): AsyncIterable<TranscriptLine>
  /** A source that is no file of lines, as it is: kept as a whole. */
  document?(): AsyncIterable<Uint8Array>
}

export interface TranscriptSource {
  /** Who acted: the agent of the ATOMs. */
  readonly agent: string
  /** In the order in which the sessions began. */
  readonly files: readonly TranscriptFile[]
  /** What was there and is not read, with the reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[]
}

export interface TranscriptsWish {
  /** A name of the table of sources. */
  readonly source: string
  /** Files and folders; none = where the agent keeps those of this project. */
  readonly paths: readonly string[]
  /** The project's root. */
  readonly root: string | undefined
}

/** Throws `SOURCE_UNREADABLE`, `UNSUPPORTED`. */
export type OpenTranscripts = (wish: TranscriptsWish) => Promise<TranscriptSource>
