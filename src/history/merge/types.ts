/** The words of a merge of trees. */
import type { ObjectId } from '../../codec/object-id.js'
import type { SealedObject } from '../../object/seal.js'
import type { TreeEntry } from '../../object/tree.js'
import type { PathChanges } from '../../tree/update.js'
import type { MergeLabels } from '../content/merge-lines.js'

/**
 * `content`: both changed the same place. `add-add`: both added it, differently. `modify-delete`: changed on one side, gone on the other.
 * `type`: file against symlink or folder. `rename`: one side moved it, the other did something else to it.
 */
export type MergeConflictKind = 'content' | 'add-add' | 'modify-delete' | 'type' | 'rename'

export interface MergeConflict {
  readonly path: string
  readonly kind: MergeConflictKind
  /** Absent where the path did not exist there (as a file). */
  readonly base?: TreeEntry
  readonly ours?: TreeEntry
  readonly theirs?: TreeEntry
  /** Where a side moved it to, for kind `rename`. */
  readonly renamedTo?: readonly string[]
  /** Settings files: the keys that both sides changed. */
  readonly keys?: readonly string[]
  /** Whether the merged file shows the conflict by markers; without them the merged tree has one side's file. */
  readonly isMarked: boolean
}

export interface MergeSidesTrees {
  readonly base: ObjectId
  readonly ours: ObjectId
  readonly theirs: ObjectId
}

export interface TreeMerge {
  /** The merged tree. With conflicts: what is to be laid out for a person to resolve them. */
  readonly tree: ObjectId
  /** What the merge made, contents and trees; some may be stored already. */
  readonly objects: readonly SealedObject[]
  /** Sorted by path. */
  readonly conflicts: readonly MergeConflict[]
  /** From ours' tree to the merged one. */
  readonly changes: PathChanges
}

export interface TreeMergeOptions {
  readonly labels: MergeLabels
  /** Looked at between two files. */
  readonly signal?: AbortSignal
  /** What stands where a conflict cannot be marked. Default `keep-ours`; a virtual base takes its own base. */
  readonly unmarked?: 'keep-ours' | 'keep-base'
}
