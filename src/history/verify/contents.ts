/** What only shows when several objects are read together: the digest of a content above 1 MiB, the shape of a split folder. */
import { isAtomError } from '../../base/errors.js'
import { utf8, utf8Length } from '../../base/bytes.js'
import { CHUNK_BYTES, TREE_MAX_BYTES, TREE_MAX_ENTRIES } from '../../base/limits.js'
import { createSha256, sha256Hex } from '../../codec/hash.js'
import { digestFromBytes, digestOf, type ObjectId } from '../../codec/object-id.js'
import { openAs } from '../../object/open.js'
import type { TreeObject } from '../../object/tree.js'
import { objectKey } from '../../store/keys.js'
import type { Check } from './check.js'

/** Judges that chunks have the sizes and the whole has the digest that `file` objects say. Absent chunks are judged as links. */
export function checkFiles(check: Check, files: readonly ObjectId[]): void {
  for (const id of files) {
    check.signal.throwIfAborted()
    const bytes = check.records.getRecord(objectKey(id))
    if (bytes === undefined) continue
    const file = openAs(bytes, 'file')
    const problem = getFileProblem(check, file)
    if (problem !== undefined) check.findings.error('file-whole', `the content ${digestOf(id)} is not what it says: ${problem}`, { object: digestOf(id) })
  }
}

function getFileProblem({ records }: Check, { sizeBytes, digest, chunks }: ReturnType<typeof openAs<'file'>>): string | undefined {
  const whole = createSha256()
  let total = 0
  for (const [index, chunk] of chunks.entries()) {
    const bytes = records.getRecord(objectKey(chunk))
    if (bytes === undefined) return undefined
    if (index < chunks.length - 1 && bytes.length !== CHUNK_BYTES) return `chunk ${String(index)} has ${String(bytes.length)} bytes`
    total += bytes.length
    whole.update(bytes)
  }
  if (total !== sizeBytes) return `it has ${String(total)} bytes where it says ${String(sizeBytes)}`
  return digestFromBytes(whole.digest()) === digest ? undefined : 'its chunks together have another digest'
}

interface Leaf { readonly entries: number; readonly sizeBytes: number }
const ENTRY_BYTES = 55

/** Judges that the names of a split folder are in the leaves where they belong, and that it had to be split. */
export function checkSplitTrees(check: Check, trees: readonly ObjectId[]): void {
  const leaves = new Set<ObjectId>()
  for (const id of trees) {
    const tree = getTree(check, id)
    if (tree?.is === 'node') for (const leaf of tree.leaves.values()) leaves.add(leaf)
  }
  const seen = new Map<string, Leaf>()
  for (const id of trees) {
    check.signal.throwIfAborted()
    if (leaves.has(id)) continue
    const problem = judgeTree(check, { id, digits: '', seen })
    if (typeof problem === 'string') check.findings.error('tree-shape', `the folder ${digestOf(id)} is not split as it must be: ${problem}`, { object: digestOf(id) })
  }
}

interface TreePlace { readonly id: ObjectId; readonly digits: string; readonly seen: Map<string, Leaf> }

function judgeTree(check: Check, { id, digits, seen }: TreePlace): Leaf | string {
  const key = `${digits} ${id}`
  const known = seen.get(key)
  if (known !== undefined) return known
  const tree = getTree(check, id)
  const judged = tree === undefined ? { entries: Number.NaN, sizeBytes: Number.NaN } : tree.is === 'entries' ? judgeEntries(tree.entries.keys(), digits) : judgeNode(check, tree.leaves, { id, digits, seen })
  if (typeof judged !== 'string') seen.set(key, judged)
  return judged
}

function judgeEntries(names: Iterable<string>, digits: string): Leaf | string {
  let entries = 0
  let sizeBytes = 0
  for (const name of names) {
    if (digits !== '' && !sha256Hex(utf8(name)).startsWith(digits)) return `the name ${JSON.stringify(name.slice(0, 80))} is not in leaf ${digits}`
    entries++
    sizeBytes += ENTRY_BYTES + utf8Length(name)
  }
  return entries === 0 ? 'a leaf is empty' : { entries, sizeBytes }
}

function judgeNode(check: Check, leaves: ReadonlyMap<string, ObjectId>, { digits, seen }: TreePlace): Leaf | string {
  let entries = 0
  let sizeBytes = 0
  if (digits.length >= 64) return 'it is split deeper than a digest has digits'
  for (const [digit, id] of leaves) {
    const leaf = judgeTree(check, { id, digits: digits + digit, seen })
    if (typeof leaf === 'string') return leaf
    entries += leaf.entries
    sizeBytes += leaf.sizeBytes
  }
  // Where a leaf is gone the sums are NaN, and nothing is said.
  if (entries <= TREE_MAX_ENTRIES && !(entries > 1 && sizeBytes > TREE_MAX_BYTES)) return `its ${String(entries)} names fit one object`
  return { entries, sizeBytes }
}

function getTree({ records }: Check, id: ObjectId): TreeObject | undefined {
  const bytes = records.getRecord(objectKey(id))
  try {
    return bytes === undefined ? undefined : openAs(bytes, 'tree')
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
