import { formatFieldPath } from './field-path.js'
import { allKeys, getField, isPlainMap, isSameValue, toPlainMap } from './plain-value.js'
import type { PlainMap } from './plain-value.js'

/** The three versions of a value; undefined = absent. */
export interface ValueSides {
  readonly base: unknown
  readonly ours: unknown
  readonly theirs: unknown
}

/** A field that both sides changed, each in its own way; undefined = absent. */
export interface FieldConflict extends ValueSides {
  /** Empty for the value as a whole. */
  readonly field: string
}

export interface ValueMerge {
  /** The merged value; in a conflicting field it is ours'. */
  readonly value: unknown
  /** Sorted by field within each map. */
  readonly conflicts: readonly FieldConflict[]
}

/**
 * Merges two descendants of a plain value field by field, through all maps. A list is one value: it is never merged item by
 * item. A field changed on one side takes that side; changed alike on both, either; changed differently, or changed on one
 * side and removed on the other, it is a conflict.
 */
export function mergeValues(sides: ValueSides): ValueMerge {
  const conflicts: FieldConflict[] = []
  return { value: mergeAt(sides, [], conflicts), conflicts }
}

function mergeAt(sides: ValueSides, keys: readonly string[], conflicts: FieldConflict[]): unknown {
  const { base, ours, theirs } = sides
  if (isSameValue(ours, theirs) || isSameValue(base, theirs)) return ours
  if (isSameValue(base, ours)) return theirs
  if (isPlainMap(ours) && isPlainMap(theirs) && (base === undefined || isPlainMap(base))) {
    return mergeMaps({ base: base ?? {}, ours, theirs }, keys, conflicts)
  }
  conflicts.push({ field: formatFieldPath(keys), base, ours, theirs })
  return ours
}

interface MapSides {
  readonly base: PlainMap
  readonly ours: PlainMap
  readonly theirs: PlainMap
}

function mergeMaps({ base, ours, theirs }: MapSides, keys: readonly string[], conflicts: FieldConflict[]): PlainMap {
  const merged: [string, unknown][] = []
  for (const key of allKeys(ours, theirs)) {
    const sides = { base: getField(base, key), ours: getField(ours, key), theirs: getField(theirs, key) }
    const value = mergeAt(sides, [...keys, key], conflicts)
    if (value !== undefined) merged.push([key, value])
  }
  return toPlainMap(merged)
}
