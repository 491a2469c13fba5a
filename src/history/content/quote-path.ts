import { utf8 } from '../../base/bytes.js'

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [7, '\\a'], [8, '\\b'], [9, '\\t'], [10, '\\n'], [11, '\\v'], [12, '\\f'], [13, '\\r'], [34, '\\"'], [92, '\\\\'],
])

/**
 * Returns a path as git writes it in a patch: as it is, or in double quotes with C escapes when it holds a control
 * character, a quote, a backslash or a byte that is not ASCII.
 */
export function quotePath(path: string): string {
  let quoted = ''
  let isPlain = true
  for (const byte of utf8(path)) {
    const escape = ESCAPES.get(byte) ?? (byte < 32 || byte >= 127 ? `\\${byte.toString(8).padStart(3, '0')}` : undefined)
    if (escape !== undefined) isPlain = false
    quoted += escape ?? String.fromCharCode(byte)
  }
  return isPlain ? path : `"${quoted}"`
}
