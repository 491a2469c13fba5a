import { compareText, equalBytes } from '../../base/bytes.js'

/** A map with string keys, as JSON and our objects have them. */
export type PlainMap = Readonly<Record<string, unknown>>

/** Tells whether a value is a map with string keys: not a list, not bytes, not an instance of a class. */
export function isPlainMap(value: unknown): value is PlainMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Returns a value of a map, or undefined when the map itself has no such key: `__proto__` is only a key. */
export function getField(map: PlainMap, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

/** Returns the keys of several maps, each once, sorted by their bytes. */
export function allKeys(...maps: readonly (PlainMap | undefined)[]): string[] {
  return [...new Set(maps.flatMap((map) => (map === undefined ? [] : Object.keys(map))))].sort(compareText)
}

/** Builds a map from entries; a `__proto__` key is only a key. */
export function toPlainMap(entries: Iterable<readonly [string, unknown]>): PlainMap {
  return Object.fromEntries(entries)
}

/** Tells whether two values are the same, whatever the order of keys. 1 and 1n differ, and so do 0 and -0. */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (left instanceof Uint8Array) return right instanceof Uint8Array && equalBytes(left, right)
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, index) => isSameValue(item, right[index]))
  }
  if (!isPlainMap(left) || !isPlainMap(right)) return hasSameText(left, right)
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && isSameValue(getField(left, key), getField(right, key)))
}

/** Compares objects that are values of their own, such as links: same class and same text. */
function hasSameText(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right) || isPlainMap(left)) return false
  const [first, second] = [textOf(left), textOf(right)]
  return first !== undefined && first === second
}

function textOf(value: { toString(): string }): string | undefined {
  if (value instanceof Date) return String(value.getTime())
  const text = value.toString()
  return text.startsWith('[object ') ? undefined : text
}
