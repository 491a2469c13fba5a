/** The index of titles. Each entry is kept as 4 keyed bytes until the ATOM says which body it must agree with; bodies and ATOMs come in any order. */
import { toHex } from '../../base/bytes.js'
import { rangeOf, readU32 } from '../../store/keys.js'
import type { Check } from './check.js'
import { NODES_PER_BLOCK } from './node-record.js'
import type { NodePass } from './nodes.js'
import { NumberList } from './number-list.js'

const TITLE_MAX_BYTES = 200
const IN_BODY = 254
const ABSENT = 255

/** Returns what stands for a title in memory. `from` to `to`: its UTF-8; undefined where it stands in no body here. */
// eslint-disable-next-line max-params -- Runs for every ATOM: the two numbers would be one more object each.
export function titleMark({ hash }: Check, bytes: Uint8Array, from: number, to: number): number {
  hash.start()
  if (to - from > TITLE_MAX_BYTES) hash.word(IN_BODY)
  else hash.bytes(bytes, from, to)
  hash.end()
  return hash.lo === 0 ? 1 : hash.lo
}

/** The mark of a title that was moved out of its body. */
export function movedMark(check: Check): number {
  return titleMark(check, NOTHING, 0, TITLE_MAX_BYTES + 1)
}
const NOTHING = new Uint8Array(0)

/** The mark of a title whose body was forgotten. */
export function absentMark({ hash }: Check): number {
  hash.start()
  hash.word(ABSENT)
  hash.word(ABSENT)
  hash.word(ABSENT)
  hash.end()
  return hash.lo === 0 ? 1 : hash.lo
}

/** Reads the titles in the order of their ATOMs. Judges their form, and that vacant numbers have none. */
export async function readTitles(check: Check, nodes: NodePass): Promise<NumberList> {
  const { findings } = check
  const marks = new NumberList('u32')
  const moved = movedMark(check)
  const absent = absentMark(check)
  let count = 0
  /** Returns the number after the last one that could be read. */
  const readBlock = (block: Uint8Array, first: number): number => {
    let seq = first
    for (let at = 0; at < block.length; seq++) {
      const head = block[at] as number
      const end = head > TITLE_MAX_BYTES ? at + 1 : at + 1 + head
      if (end > block.length || (head > TITLE_MAX_BYTES && head !== IN_BODY && head !== ABSENT)) {
        findings.error('index-title', `the titles from number ${String(seq)} on are not as the index writes them`)
        break
      }
      const mark = head === IN_BODY ? moved : head === ABSENT ? absent : titleMark(check, block, at + 1, end)
      if (!nodes.sums.has(seq) && head !== ABSENT && seq < nodes.count) findings.error('index-title', `the index has a title for the vacant number ${String(seq)}`)
      marks.set(seq, mark)
      at = end
    }
    return seq
  }
  for await (const list of check.records.scan(rangeOf('title'))) {
    check.signal.throwIfAborted()
    for (const [key, block] of list) {
      const first = key.length === 5 ? readU32(key, 1) * NODES_PER_BLOCK : -1
      if (first < 0 || first >= nodes.count) {
        findings.error('index-title', `a record among the titles has the key ${toHex(key.subarray(0, 40))}, which is none of theirs`)
        continue
      }
      const end = readBlock(block, first)
      count += end - first
      if (end !== Math.min(first + NODES_PER_BLOCK, nodes.count)) findings.error('index-title', `the index has ${String(end - first)} titles from number ${String(first)} on, and not one for each ATOM`)
    }
  }
  if (count < nodes.count) findings.error('index-title', `the index has ${String(count)} titles for ${String(nodes.count)} numbers`)
  return marks
}
