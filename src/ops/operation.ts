import type { ErrorCode } from '../base/errors.js'
import type { Repo } from './repo.js'

/**
 * One use case: declared once here, bound by the surfaces (cli, later mcp and web).
 *
 * `check` turns unknown input into the checked one, throwing `USAGE` or `INPUT_INVALID`; it opens nothing. `run` returns plain
 * data and never formats. A streaming use case returns an `AsyncIterable`, which the caller MUST finish or return.
 */
export interface Operation<Input, Output> {
  /** The catalogue name, `noun.verb` or a verb: `branch.create`, `log`. */
  readonly name: string
  /** Imperative, no full stop: help, docs and tool titles are made of it. */
  readonly summary: string
  /** `write` moves refs or adds objects; `files` writes the user's files too; `read` does neither. */
  readonly effect: 'read' | 'write' | 'files'
  /** The codes that `run` may throw besides STORE_LOCKED, STORE_CORRUPT and OBJECT_CORRUPT. */
  readonly errors: readonly ErrorCode[]
  check(input: unknown): Input
  run(repo: Repo, input: Input): Promise<Output> | AsyncIterable<Output>
}
