/**
 * What a command gets of the world. The real one is made in `node-host.ts`; tests make one of memory.
 *
 * Commands see nothing else: no process, no clock, no stream. So each runs in-process under test.
 */
import type { Reporter } from '../base/ports.js'
import type { Operation } from '../ops/operation.js'
import type { Output } from './terminal/output.js'
import type { BlockedListener } from './terminal/writer.js'

/** The flags that every command takes, before or after its name. */
export interface GlobalFlags {
  /** `-C DIR`, each relative to the one before. */
  readonly folders: readonly string[]
  /** `--branch NAME`: the branch to work on instead of HEAD's. */
  readonly branch: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly color: boolean
  readonly pager: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface Stdin {
  readonly isTerminal: boolean
  /** The bytes as they come. Ends when the signal aborts. */
  chunks(): AsyncIterable<Uint8Array>
  /** All of it, at most `limitBytes` (default 1 GiB); throws `INPUT_INVALID` above. */
  bytes(limitBytes?: number): Promise<Uint8Array>
}

/** What running an operation needs of the caller. `app/run` takes this. */
export interface RunContext {
  readonly cwd: string
  /** With ATOM_BRANCH as `--branch` says. */
  readonly env: Environment
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** The command as typed, without its values: for the operation log. */
  readonly commandVerb: string
  /** Registers a listener for as long as the process lives. */
  watchOutput(listener: BlockedListener): void
}

/** Checks the input, opens what is needed and runs the operation; a streaming one is handed through. */
export type RunOperation = <Input, Result>(operation: Operation<Input, Result>, input: unknown, context: RunContext) => Promise<Result | AsyncIterable<Result>>

export interface Host {
  /** Absolute, after `-C`. */
  readonly cwd: string
  readonly env: Environment
  readonly flags: GlobalFlags
  readonly output: Output
  readonly reporter: Reporter
  readonly stdin: Stdin
  /** Aborted by the first SIGINT. Loops MUST look at it. */
  readonly signal: AbortSignal
  nowMs(): number
  /** For functions of `app` that are no operations, such as making a store. */
  readonly context: RunContext
  runOperation<Input, Result>(operation: Operation<Input, Result>, input: unknown): Promise<Result | AsyncIterable<Result>>
}
