import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fromHex } from '../../src/base/bytes.js'
import { Float, type CborValue } from '../../src/codec/cbor.js'
import { parseCid } from '../../src/codec/cid.js'
import { plainMap } from './cbor-values.js'

export interface Vector { readonly comment: string; readonly value: unknown; readonly bytesHex: string; readonly id: string }
export interface InvalidVector { readonly comment: string; readonly bytesHex: string; readonly code: string; readonly reason: string }

export function readVectors<Shape = Vector>(name: string): readonly Shape[] {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, '../../fixtures/vectors', `${name}.json`), 'utf8')) as Shape[]
}

/** Returns the value that a vector's JSON stands for (fixtures/README.md). */
export function fromVectorJson(json: unknown): CborValue {
  if (Array.isArray(json)) return json.map(fromVectorJson)
  if (typeof json !== 'object' || json === null) return json as CborValue
  const { $link, $bytes, $float, $int, $map } = json as { $link?: string; $bytes?: string; $float?: string; $int?: string; $map?: [string, unknown][] }
  if ($link !== undefined) return parseCid($link)
  if ($bytes !== undefined) return fromHex($bytes)
  if ($float !== undefined) return new Float(Number($float))
  if ($int !== undefined) return BigInt($int)
  return plainMap(($map ?? Object.entries(json)).map(([key, value]) => [key, fromVectorJson(value)]))
}
