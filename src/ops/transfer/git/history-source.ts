/** A foreign history as `import git` reads it: implemented by `capture/git` over the system's git and over isomorphic-git, with equal results. */
import type { FILE_MODE, EXECUTABLE_MODE, SYMLINK_MODE } from '../../../object/tree.js'
import type { CborValue } from '../../../codec/cbor.js'

/** One path that differs from the first parent's tree; absent sides did not hold a file or symlink there. */
export interface SourceChange {
  /** Relative to the repository's root. */
  readonly path: string
  readonly before?: SourceFile
  readonly after?: SourceFile
}

export interface SourceFile {
  readonly mode: typeof FILE_MODE | typeof EXECUTABLE_MODE | typeof SYMLINK_MODE
  /** The source's own id of the content. */
  readonly blob: string
}

/** What a commit changed against its first parent (a root: against nothing). */
export interface SourceChanges {
  readonly files: readonly SourceChange[]
  /** Path → commit of a submodule, undefined where it is gone. */
  readonly submodules: ReadonlyMap<string, string | undefined>
  /** Names that cannot be recorded, made printable. They and what lies below them are left out. */
  readonly odd: readonly OddName[]
}

export interface OddName {
  readonly name: string
  readonly reason: string
}

export interface SourceCommit {
  readonly id: string
  /** Those that the source has, first parent first, each once. */
  readonly parents: readonly string[]
  /** Those that a shallow source has cut off. */
  readonly missingParents: readonly string[]
  /** The author's name. */
  readonly agent: string
  /** The committer's time. */
  readonly timeMs: number
  readonly title: string
  readonly reason: string
  /** Author, committer, trailers and what else the source says of it. */
  readonly metadata: { readonly [key: string]: CborValue }
  /** Reads trees: asked for only where the commit is new. */
  changes(): Promise<SourceChanges>
}

export interface SourceBranch {
  readonly name: string
  readonly commit: string
}

export interface SourceTag {
  readonly name: string
  readonly commit: string
  /** The annotated tags on the way to the commit, the outermost first; none for a lightweight tag. */
  readonly annotations: readonly SourceAnnotation[]
}

export interface SourceAnnotation {
  readonly name: string
  readonly agent: string
  /** Absent where the tag says none. */
  readonly timeMs?: number
  readonly message: string
}

export interface SourceRefs {
  readonly branches: readonly SourceBranch[]
  readonly tags: readonly SourceTag[]
  /** The branch or commit that is checked out; absent in a repository without commits. */
  readonly head?: SourceBranch
  /** Refs that name no commit that is here, or whose name is no text. */
  readonly leftOut: readonly OddName[]
}

export interface HistorySource extends AsyncDisposable {
  /** How it is read: `git` or `isomorphic-git`. */
  readonly reader: string
  /** Absolute path of what is read. */
  readonly location: string
  /** The folder of its files; absent where it has none. */
  readonly worktree: string | undefined
  readonly isShallow: boolean
  refs(): Promise<SourceRefs>
  /** Returns what a revision of the source names; `branch` where it is the name of one. Throws `REVISION_NOT_FOUND`. */
  resolve(revision: string): Promise<{ readonly commit: string; readonly branch: string | undefined }>
  /** Yields all commits that the given ones reach, each once, parents before children. */
  commits(tips: readonly string[]): AsyncIterable<SourceCommit>
  /** Returns how many commits that are, where it can be told cheaply. */
  countCommits(tips: readonly string[]): Promise<number | undefined>
  readCommit(id: string): Promise<SourceCommit>
  /** Hands the bytes of a content to `take`, part by part. Waits for what `take` returns. */
  readBlob(blob: string, take: (bytes: Uint8Array) => Promise<void> | undefined): Promise<void>
}

/** Opens a history; throws `SOURCE_UNREADABLE` for what is none. */
export type OpenHistory = (location: string) => Promise<HistorySource>
