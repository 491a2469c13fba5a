import { utf8 } from '../../src/base/bytes.js'
import { type ObjectId } from '../../src/codec/object-id.js'
import { parseAtomId } from '../../src/object/atom-id.js'
import { encodeAtom } from '../../src/object/atom.js'
import { encodeBody } from '../../src/object/body.js'
import { seal, type SealedObject } from '../../src/object/seal.js'
import { encodeTree, FILE_MODE } from '../../src/object/tree.js'
import { EMPTY_TREE } from '../../src/tree/read.js'

/** A line of ATOMs, each with a file, in the order in which a remote takes them. */
export interface LineOfAtoms {
  readonly objects: readonly SealedObject[]
  /** Headers, oldest first. */
  readonly atoms: readonly ObjectId[]
}

export function aLine(count: number, seed = 'line', parent?: ObjectId): LineOfAtoms {
  const objects: SealedObject[] = [EMPTY_TREE]
  const atoms: ObjectId[] = []
  const put = (object: SealedObject): ObjectId => {
    objects.push(object)
    return object.id
  }
  for (let index = 0; index < count; index++) {
    const text = `${seed} ${String(index)}`
    const content = put(seal(utf8(text), 'raw'))
    const project = put(seal(encodeTree({ is: 'entries', entries: new Map([['a.env', { mode: FILE_MODE, link: content }]]) })))
    const tree = put(seal(encodeTree({ is: 'entries', entries: new Map([['project', { mode: 0o40000, link: project }]]) })))
    const body = put(seal(encodeBody({ title: text })))
    const parents = [atoms.at(-1) ?? parent].flatMap((id) => id ?? [])
    atoms.push(put(seal(encodeAtom({ atomId: parseAtomId(`ATOM-CFG-20241127-${String(index + 1).padStart(3, '0')}`), operation: 'modify_file', agent: 'tester', timeMs: 1_732_703_253_000 + index, parents, influencedBy: [], tree, body }))))
  }
  return { objects, atoms }
}

export async function* streamOf<Item>(items: Iterable<Item>): AsyncIterable<Item> {
  yield* items
}
