/** What nearly all objects own, read without decoding them: the forms that `history/verify` takes without the decoder, with where their links are. */
import { objectIdAt, type ObjectId } from '../../codec/object-id.js'
import { PlainAtom, PlainBody, PlainTree } from '../../history/verify/plain-objects.js'

const DAG_CBOR = 0x71
const MAP_OF_3 = 0xa3
const MAP_OF_10 = 0xaa

export type PlainKind = 'atom' | 'body' | 'tree'

export interface LinkListener {
  /** A link, the 32 bytes of its digest at an offset. */
   
  link(role: 'parent' | 'tree' | 'body' | 'content', codec: number, bytes: Uint8Array, at: number): unknown
}

export class PlainLinks {
  readonly #atom = new PlainAtom()
  readonly #body = new PlainBody()
  readonly #tree = new PlainTree()

  /** Returns what the bytes are, or undefined where they have no plain form: the decoder says then what they are. */
  read(bytes: Uint8Array): PlainKind | undefined {
    if (bytes[0] === MAP_OF_3 && this.#tree.scan(bytes)) return 'tree'
    if (bytes[0] === MAP_OF_10 && this.#atom.scan(bytes)) return 'atom'
    return this.#body.scan(bytes) ? 'body' : undefined
  }

  /** Returns the parents of the ATOM that was read last. */
  parents(bytes: Uint8Array): readonly ObjectId[] {
    return this.#atom.parent < 0 ? [] : [objectIdAt(bytes, this.#atom.parent, 'dag-cbor')]
  }

  /** Names what the object that was read last owns: parents first. */
  tell(kind: PlainKind, bytes: Uint8Array, listener: LinkListener): void {
    if (kind === 'atom') this.#tellAtom(bytes, listener)
    if (kind === 'tree') this.#tellTree(bytes, listener)
  }

  #tellAtom(bytes: Uint8Array, listener: LinkListener): void {
    const { parent, tree, body } = this.#atom
    if (parent >= 0) listener.link('parent', DAG_CBOR, bytes, parent)
    listener.link('tree', DAG_CBOR, bytes, tree)
    listener.link('body', DAG_CBOR, bytes, body)
  }

  #tellTree(bytes: Uint8Array, listener: LinkListener): void {
    const { count, codecs, links } = this.#tree
    for (let index = 0; index < count; index++) {
      const codec = codecs[index] as number
      listener.link(codec === 0 ? 'tree' : 'content', codec === 0 ? DAG_CBOR : codec, bytes, links[index] as number)
    }
  }
}
