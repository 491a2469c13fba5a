import { compareText } from '../../base/bytes.js'
import { formatFieldPath } from './field-path.js'
import { allKeys, getField, isPlainMap, isSameValue } from './plain-value.js'

/** A field with its value on both sides; undefined = absent. */
export interface FieldDifference {
  /** The keys joined by dots: `metadata.sage.run`. */
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/**
 * Returns the fields in which two records differ, sorted by the bytes of their names. Maps are entered, also one that
 * exists on one side only, unless it is empty; a list is one value.
 */
export function diffFields(before: unknown, after: unknown): FieldDifference[] {
  const differences = [...differencesAt(before, after, [])]
  return differences.sort((left, right) => compareText(left.field, right.field))
}

function* differencesAt(before: unknown, after: unknown, keys: readonly string[]): Generator<FieldDifference> {
  if (isSameValue(before, after)) return
  const left = isPlainMap(before) ? before : undefined
  const right = isPlainMap(after) ? after : undefined
  const isInside = (left ?? before) === left && (right ?? after) === right && (left !== undefined || right !== undefined)
  const names = isInside ? allKeys(left, right) : []
  if (names.length === 0) {
    yield { field: formatFieldPath(keys), before, after }
    return
  }
  for (const name of names) {
    const was = left === undefined ? undefined : getField(left, name)
    const is = right === undefined ? undefined : getField(right, name)
    yield* differencesAt(was, is, [...keys, name])
  }
}
