/**
 * Returns the name of a field from the keys that lead to it: `metadata.sage.run`. A key that is empty or holds a dot, a
 * quote or a control character is written as a JSON string, so that two different fields never have one name.
 */
export function formatFieldPath(keys: readonly string[]): string {
  return keys.map((key) => (/^[^."\\\p{Cc}]+$/u.test(key) ? key : JSON.stringify(key))).join('.')
}
