/** A content above 1 MiB: its size, the digest of the whole, and its chunks of 1 MiB as raw objects. Smaller ones are one raw object. */
import { encodeOrdered, linkTag, wideInteger } from '../codec/cbor.js'
import { CHUNK_BYTES } from '../base/limits.js'
import { digestBytes, linkBytes, type Digest, type ObjectId } from '../codec/object-id.js'
import { checkCount, checkKeys, invalid, readFields, type Fields } from './shape.js'

export interface FileObject {
  readonly sizeBytes: number
  readonly digest: Digest
  /** All but the last have exactly `CHUNK_BYTES`. */
  readonly chunks: readonly ObjectId[]
}

export function encodeFile(file: FileObject): Uint8Array {
  return encodeOrdered({
    kind: 'file',
    size: wideInteger(file.sizeBytes),
    chunks: checkChunks(file).map((chunk) => linkTag(linkBytes(chunk))),
    digest: digestBytes(file.digest),
    version: 1,
  })
}

export function openFile(fields: Fields): FileObject {
  checkKeys('file', fields, { needed: ['kind', 'version', 'size', 'digest', 'chunks'] })
  const read = readFields('file', fields)
  const file = { sizeBytes: read.count('size'), digest: read.digest('digest'), chunks: read.links('chunks') }
  checkChunks(file)
  return file
}

function checkChunks({ sizeBytes, chunks }: FileObject): readonly ObjectId[] {
  checkCount('file', 'size', sizeBytes)
  if (sizeBytes <= CHUNK_BYTES) throw invalid('file', `a content of ${String(sizeBytes)} bytes that must be one raw object`)
  if (chunks.length !== Math.ceil(sizeBytes / CHUNK_BYTES)) throw invalid('file', `${String(chunks.length)} chunks for ${String(sizeBytes)} bytes`)
  if (chunks.some((chunk) => !chunk.startsWith('55'))) throw invalid('file', 'a chunk that is not raw')
  return chunks
}
