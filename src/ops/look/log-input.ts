/** What a log is asked: revisions, filters, and how much to read of each ATOM. */
import { checkInput, count, filledText, flag, oneOf, optional, someOf } from '../check.js'

export interface LogInput {
  /** Revisions and ranges; a word that is none but names a tracked path counts as a path, as in git. */
  readonly revisions: readonly string[]
  /** From every branch, tag and remote branch. */
  readonly all?: boolean | undefined
  readonly types: readonly string[]
  readonly operations: readonly string[]
  readonly agents: readonly string[]
  readonly projects: readonly string[]
  /** Dates as people type them. */
  readonly since?: string | undefined
  readonly until?: string | undefined
  /** Patterns, of which one must be found in the title or the reason. */
  readonly grep: readonly string[]
  readonly ignoreCase?: boolean | undefined
  readonly fixed?: boolean | undefined
  readonly limit?: number | undefined
  readonly skip?: number | undefined
  readonly reverse?: boolean | undefined
  readonly firstParent?: boolean | undefined
  readonly merges?: 'only' | 'without' | undefined
  /** Goes on under the name that the one path had before. */
  readonly follow?: boolean | undefined
  /** Paths as typed. */
  readonly paths: readonly string[]
  /** What is read of each: names and times only, the title too, all of it, its files, their patches. */
  readonly detail: LogDetail
  readonly contextLines?: number | undefined
  readonly ignoreSpace?: boolean | undefined
  readonly renames?: boolean | undefined
  /** Says which parents will be drawn. */
  readonly graph?: boolean | undefined
  /** Names refs beside the ATOMs that they point at. */
  readonly decorate?: boolean | undefined
}

const DETAILS = ['node', 'title', 'record', 'files', 'patches'] as const
export type LogDetail = (typeof DETAILS)[number]

export const checkLogInput: (value: unknown) => LogInput = checkInput<LogInput>({
  revisions: someOf(filledText), all: optional(flag), types: someOf(filledText), operations: someOf(filledText), agents: someOf(filledText), projects: someOf(filledText),
  since: optional(filledText), until: optional(filledText), grep: someOf(filledText), ignoreCase: optional(flag), fixed: optional(flag),
  limit: optional(count), skip: optional(count), reverse: optional(flag), firstParent: optional(flag), merges: optional(oneOf('only', 'without')),
  follow: optional(flag), paths: someOf(filledText), detail: (value, field) => value === undefined ? 'record' : oneOf(...DETAILS)(value, field),
  contextLines: optional(count), ignoreSpace: optional(flag), renames: optional(flag), graph: optional(flag), decorate: optional(flag),
})

export interface FoundAtom {
  readonly seq: number
  readonly drawnParents?: readonly number[]
}
