/** What a parser of transcripts is: one for each agent, without state between files. */
import type { TranscriptEvent, TranscriptFile } from '../../ops/transfer/transcripts/transcript-source.js'
import type { TranscriptAgentName } from '../../ops/transfer/transcripts/transcript-agents.js'
import type { JsonFields } from './fields.js'

/** What a file is called, for formats that say less inside. */
export interface FileAbout {
  /** The file's name without its folder and ending. */
  readonly stem: string
  /** The last folders on its way, nearest last. */
  readonly folders: readonly string[]
  /** What lies beside it under the same name with another ending, where the format has that. */
  readonly beside: JsonFields | undefined
}

export interface ParsedLine {
  readonly events: readonly TranscriptEvent[]
  /** What the agent calls this kind of line. */
  readonly type: string
  /** The parser does not know this kind. */
  readonly isUnknown?: boolean
  readonly timeMs?: number | undefined
}

/** Reads the lines of one file in their order. */
export type LineReader = (line: JsonFields, number: number) => ParsedLine

/** Tables of keys and values of another program, only read. All of it throws `SOURCE_UNREADABLE`. */
export interface KeyedTables {
  names(): readonly string[]
  /** Yields the pairs whose key begins so, by key. */
  entries(table: string, prefix: string): Iterable<{ readonly key: string; readonly value: Uint8Array }>
  close(): void
}

export type OpenKeyedTables = (file: string) => Promise<KeyedTables>

/** A session of a database that holds many. */
export interface DatabaseSession extends Omit<TranscriptFile, 'shown'> {
  /** When it began; 0 where that is not known. */
  readonly startMs: number
}

export interface TranscriptFormat {
  /** As the table of agents has it. */
  readonly name: TranscriptAgentName
  /** Endings of its files. */
  readonly endings: readonly string[]
  /** Of files beside it that say something of it: `.meta.json`. */
  readonly beside?: string
  /** The file of the folder that lists its sessions by `sessionId`: what it says of one is beside it. */
  readonly listedIn?: string
  /** Files of this kind among those with the ending; default: all. */
  isOne?(about: FileAbout): boolean
  /** How its session is called unless a line says. */
  sessionOf?(about: FileAbout): string
  createReader(about: FileAbout): LineReader
  /** Cuts a file that is one JSON document into lines; absent where files are lines. */
  readonly cutDocument?: (document: JsonFields) => readonly unknown[]
  /** Databases that hold sessions, too. */
  readonly databases?: {
    readonly endings: readonly string[]
    sessions(path: string, open: OpenKeyedTables): Promise<readonly DatabaseSession[]>
  }
}

export function known(type: string, events: readonly TranscriptEvent[] = []): ParsedLine {
  return { type, events }
}

export function unknown(type: string): ParsedLine {
  return { type, events: [], isUnknown: true }
}
