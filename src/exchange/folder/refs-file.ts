/** The refs of a folder remote: one text file, a line for each, replaced whole. Parsing and formatting only. */
import { compareText } from '../../base/bytes.js'
import { digestOf, getDigest, objectId, type ObjectId } from '../../codec/object-id.js'
import { HEADS } from '../../refs/name.js'
import type { RemoteState } from '../remote.js'

const HEAD_LINE = /^ref: (.+) HEAD$/
const REF_LINE = /^([0-9a-f]{64}) (.+)$/

/** Returns the text of a state: `ref: BRANCH HEAD`, then `DIGEST NAME` for each ref, sorted by name. */
export function formatRefsFile({ refs, head }: RemoteState): string {
  const lines = [...refs].sort(([left], [right]) => compareText(left, right)).map(([name, id]) => `${digestOf(id)} ${name}\n`)
  return `${head === undefined ? '' : `ref: ${head} HEAD\n`}${lines.join('')}`
}

/** Returns the state in a text, or the number of the first line that is none. */
export function parseRefsFile(text: string): RemoteState | number {
  const refs = new Map<string, ObjectId>()
  let head: string | undefined
  const lines = text.split('\n')
  if (lines.pop() !== '') return lines.length + 1
  for (const [index, line] of lines.entries()) {
    const [, digits = '', name = ''] = REF_LINE.exec(line) ?? []
    const digest = getDigest(digits)
    const named = HEAD_LINE.exec(line)?.[1]
    if (digest !== undefined) refs.set(name, objectId(digest, 'dag-cbor'))
    else if (named?.startsWith(HEADS) === true) head = named
    else return index + 1
  }
  return { refs, head }
}
