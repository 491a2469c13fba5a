/** Every code, with the data it carries. Codes are API; messages are not. */
export interface ErrorData {
  USAGE: { value?: string; option?: string }
  REVISION_SYNTAX: { revision: string }
  REF_NAME_INVALID: { name: string }
  OBJECT_INVALID: { reason: string; kind?: string }
  INPUT_INVALID: { field: string; value?: string }
  PATH_INVALID: { path: string; reason: string }
  FILE_UNREADABLE: { path: string; reason: string }
  FILE_UNWRITABLE: { path: string; reason: string }
  DATE_INVALID: { value: string }
  CBOR_INVALID: { offset: number; reason: string }
  CID_INVALID: { value: string; reason: string }
  NOTHING_TO_COMMIT: { branch: string }
  REPO_NOT_FOUND: { folder: string }
  REF_NOT_FOUND: { name: string }
  REVISION_NOT_FOUND: { revision: string }
  OBJECT_NOT_FOUND: { id: string }
  PATH_NOT_FOUND: { path: string; revision?: string }
  REPO_EXISTS: { folder: string }
  REF_MOVED: { ref: string; expected: string | null; actual: string | null }
  REF_EXISTS: { name: string }
  ID_AMBIGUOUS: { prefix: string; candidates: readonly string[] }
  NOT_FAST_FORWARD: { ref: string; ours: string; theirs: string }
  BRANCH_IN_USE: { name: string }
  BRANCH_NOT_MERGED: { name: string; object: string }
  OPERATION_NOT_FOUND: { operation: string }
  OPERATION_FOREIGN: { operation: string; agent: string }
  NOTHING_TO_UNDO: { branch: string }
  BISECT_CONTRADICTION: { bad: string; good: readonly string[] }
  LOCAL_CHANGES: { paths: readonly string[] }
  SCOPE_REFUSED: { paths: readonly string[]; scopes: readonly string[] }
  OPERATION_IN_PROGRESS: { operation: string }
  NO_OPERATION_IN_PROGRESS: { operation: string }
  CONFLICTS_UNRESOLVED: { paths: readonly string[] }
  FORGOTTEN: { digest: string; reason: string }
  REQUEST_REUSED: { request: string }
  OBJECT_CORRUPT: { id: string; reason: string }
  LINK_MISSING: { from: string; id: string; role: string }
  STORE_CORRUPT: { folder: string; reason: string }
  STORE_LOCKED: { folder: string; waitedMs: number }
  STORE_FULL: { folder: string }
  STORE_OWNER: { folder: string; owner: number; user: number }
  VIEW_LOCKED: { file: string }
  SQL_INVALID: { reason: string }
  SOURCE_UNREADABLE: { source: string; reason: string }
  COMMAND_FAILED: { command: string; exitCode: number | null }
  BUNDLE_CORRUPT: { file: string; offset: number; reason: string }
  REMOTE_NOT_FOUND: { name: string }
  REMOTE_EXISTS: { name: string }
  REMOTE_REWOUND: { remote: string; ref: string; remembered: string; found: string }
  REMOTE_UNREACHABLE: { remote: string; reason: string }
  REMOTE_AUTH: { remote: string; reason: string }
  REMOTE_REFUSED: { remote: string; reason: string }
  CONFIG_INVALID: { file: string; key?: string; reason: string }
  FORMAT_NEWER: { found: number; known: number }
  KIND_UNKNOWN: { kind: string; version?: number }
  UNSUPPORTED: { what: string }
  INTERNAL: { detail?: string }
}

export type ErrorCode = keyof ErrorData

export type ErrorKind =
  | 'usage' | 'not-found' | 'conflict' | 'integrity' | 'busy' | 'remote' | 'config' | 'unsupported' | 'internal'

/** The kind of each code: it decides the exit code and the HTTP status. */
export const ERROR_KINDS: { readonly [C in ErrorCode]: ErrorKind } = {
  USAGE: 'usage',
  REVISION_SYNTAX: 'usage',
  REF_NAME_INVALID: 'usage',
  OBJECT_INVALID: 'usage',
  INPUT_INVALID: 'usage',
  PATH_INVALID: 'usage',
  FILE_UNREADABLE: 'usage',
  FILE_UNWRITABLE: 'usage',
  DATE_INVALID: 'usage',
  CBOR_INVALID: 'usage',
  CID_INVALID: 'usage',
  NOTHING_TO_COMMIT: 'usage',
  REPO_NOT_FOUND: 'not-found',
  REF_NOT_FOUND: 'not-found',
  REVISION_NOT_FOUND: 'not-found',
  OBJECT_NOT_FOUND: 'not-found',
  PATH_NOT_FOUND: 'not-found',
  REPO_EXISTS: 'conflict',
  REF_MOVED: 'conflict',
  REF_EXISTS: 'conflict',
  ID_AMBIGUOUS: 'conflict',
  NOT_FAST_FORWARD: 'conflict',
  BRANCH_IN_USE: 'conflict',
  BRANCH_NOT_MERGED: 'conflict',
  OPERATION_NOT_FOUND: 'not-found',
  OPERATION_FOREIGN: 'conflict',
  NOTHING_TO_UNDO: 'not-found',
  BISECT_CONTRADICTION: 'conflict',
  LOCAL_CHANGES: 'conflict',
  SCOPE_REFUSED: 'conflict',
  OPERATION_IN_PROGRESS: 'conflict',
  NO_OPERATION_IN_PROGRESS: 'conflict',
  CONFLICTS_UNRESOLVED: 'conflict',
  FORGOTTEN: 'conflict',
  REQUEST_REUSED: 'conflict',
  OBJECT_CORRUPT: 'integrity',
  LINK_MISSING: 'integrity',
  STORE_CORRUPT: 'integrity',
  STORE_LOCKED: 'busy',
  STORE_FULL: 'busy',
  VIEW_LOCKED: 'busy',
  SQL_INVALID: 'usage',
  STORE_OWNER: 'config',
  SOURCE_UNREADABLE: 'not-found',
  COMMAND_FAILED: 'usage',
  BUNDLE_CORRUPT: 'integrity',
  REMOTE_NOT_FOUND: 'not-found',
  REMOTE_EXISTS: 'conflict',
  REMOTE_REWOUND: 'conflict',
  REMOTE_UNREACHABLE: 'remote',
  REMOTE_AUTH: 'remote',
  REMOTE_REFUSED: 'remote',
  CONFIG_INVALID: 'config',
  FORMAT_NEWER: 'unsupported',
  KIND_UNKNOWN: 'unsupported',
  UNSUPPORTED: 'unsupported',
  INTERNAL: 'internal',
}

/** The exit code of each kind of error. 0 = success, 1 = a finding, 130 = interrupted. */
export const EXIT_CODES: { readonly [K in ErrorKind]: number } = {
  'usage': 2,
  'not-found': 3,
  'conflict': 4,
  'integrity': 5,
  'busy': 6,
  'remote': 7,
  'config': 8,
  'unsupported': 9,
  'internal': 70,
}

export interface AtomErrorOptions<C extends ErrorCode> {
  readonly data: ErrorData[C]
  /** What to do next, as a command where there is one. */
  readonly hint?: string
  readonly cause?: unknown
}

/** The only error class callers may branch on. Programming mistakes stay `TypeError`. */
export class AtomError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AtomError'
  readonly code: C
  readonly data: ErrorData[C]
  readonly hint: string | undefined

  constructor(code: C, message: string, options: AtomErrorOptions<C>) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.data = options.data
    this.hint = options.hint
  }

  get kind(): ErrorKind {
    return ERROR_KINDS[this.code]
  }

  toJSON(): { code: ErrorCode; kind: ErrorKind; message: string; hint: string | null; data: unknown } {
    return { code: this.code, kind: this.kind, message: this.message, hint: this.hint ?? null, data: this.data }
  }
}

/** Tells whether an unknown thrown value is an `AtomError`, of one code where given. */
export function isAtomError<C extends ErrorCode = ErrorCode>(error: unknown, code?: C): error is AtomError<C> {
  return error instanceof AtomError && (code === undefined || error.code === code)
}

/** Returns the error that came first where closing what was in use failed after it; any other as it is. */
export function firstError(thrown: unknown): unknown {
  let error = thrown
  while (error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error) error = error.suppressed
  return error
}
