/** What others wrote: every case decodes and is written again just so, or is refused by a rule that is named here. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../src/base/bytes.js'
import { isAtomError } from '../../src/base/errors.js'
import { decode } from '../../src/codec/cbor-decode.js'
import { encode, Float, type CborValue } from '../../src/codec/cbor.js'
import { cidOf, parseCid } from '../../src/codec/cid.js'
import { codeOf } from '../helpers/objects.js'
import { suitePath } from '../helpers/suites.js'

const dasl = suitePath('cbor-dasl-testing')
const appendixA = suitePath('cbor-rfc8949-appendix-a')
const tinycbor = suitePath('cbor-malformed')
const atproto = suitePath('cbor-atproto-interop')

const readJson = (...parts: string[]): unknown => JSON.parse(readFileSync(join(...parts), 'utf8'))

/** What DRISL leaves out of CBOR. Everything well-formed that is refused must be refused for one of these. */
const RULES = /^(an indefinite length|a simple value other than false, true and null|a float of fewer than 64 bits|a float that is not finite|negative zero|a tag other than 42|a map key that is no text|an integer or length that is not in its shortest form|map keys that are repeated or out of order|a link that is not 37 bytes|a link that is not a DASL CID|a text that is not UTF-8)$/

/** Returns '' for bytes that decode and are written again just so, else the rule that refuses them. */
function judge(hex: string): string {
  try {
    expect(toHex(encode(decode(fromHex(hex))))).toBe(hex)
    return ''
  } catch (error) {
    if (isAtomError(error, 'CBOR_INVALID')) return error.data.reason
    throw error
  }
}

interface DaslCase { readonly type: 'roundtrip' | 'invalid_in' | 'invalid_out'; readonly data: string; readonly name: string; readonly tags: readonly string[] }

/** What a program would have to be given to write these; a simple value without a name has nothing that stands for it. */
const UNWRITABLE: { readonly [name: string]: unknown } = {
  'NaN': Number.NaN, 'Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY, 'negative zero': -0, 'bignum': 2n ** 64n,
  'tagged object (datetime)': new Date('2025-05-26T16:18:17-04:00'), 'map with int key': new Map([[0, 0]]), "simple value 'undefined'": undefined,
  'unassigned simple value': Symbol('simple 0'),
}

describe.skipIf(dasl === undefined)('dasl-testing', () => {
  const folder = join(dasl ?? '', 'fixtures/cbor')
  const cases = (dasl === undefined ? [] : readdirSync(folder)).flatMap((file) => readJson(folder, file) as DaslCase[])
    .filter(({ tags }) => tags.some((tag) => ['basic', 'dag-cbor', 'dasl-cid'].includes(tag)))

  it('has 92 cases of the profile', () => {
    expect(cases).toHaveLength(92)
  })
  it.each(cases.filter(({ type }) => type === 'roundtrip'))('reads and writes again: $name', ({ data }) => {
    expect(judge(data)).toBe('')
  })
  it.each(cases.filter(({ type }) => type === 'invalid_in'))('refuses to read: $name', ({ data }) => {
    expect(codeOf(() => decode(fromHex(data)))).toBe('CBOR_INVALID')
  })
  it.each(cases.filter(({ type }) => type === 'invalid_out'))('refuses to write, and to read: $name', ({ data, name }) => {
    expect(name in UNWRITABLE).toBe(true)
    expect(codeOf(() => encode(UNWRITABLE[name]))).toBe('OBJECT_INVALID')
    expect(codeOf(() => decode(fromHex(data)))).toBe('CBOR_INVALID')
  })
})

describe.skipIf(appendixA === undefined)('RFC 8949 appendix A', () => {
  const cases = appendixA === undefined ? [] : readJson(appendixA, 'appendix_a.json') as { hex: string; decoded?: unknown; diagnostic?: string }[]

  it('has 82 examples, of which 39 are read', () => {
    expect(cases).toHaveLength(82)
    expect(cases.filter(({ hex }) => judge(hex) === '')).toHaveLength(READ_OF_APPENDIX_A)
  })
  it.each(cases)('$hex is read as what it is, or refused by a rule', ({ hex, decoded }) => {
    const rule = judge(hex)
    if (rule !== '') expect(rule).toMatch(RULES)
    // JSON.parse has rounded the integers beyond 2^53 in this file.
    else if (decoded !== undefined) expect(JSON.parse(JSON.stringify(decode(fromHex(hex)), (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)))).toEqual(decoded)
  })
})

describe.skipIf(tinycbor === undefined)('tinycbor', () => {
  const malformed = tinycbor === undefined ? [] : readJson(tinycbor, 'tinycbor-not-well-formed.json') as { name: string; hex: string }[]
  const wellFormed = tinycbor === undefined ? [] : readJson(tinycbor, 'tinycbor-well-formed.json') as { name: string; hex: string; diagnostic: string }[]

  it('has 185 rows that are malformed and 138 that are not, of which 48 are read', () => {
    expect([malformed.length, wellFormed.length]).toEqual([185, 138])
    expect(wellFormed.filter(({ hex }) => judge(hex) === '')).toHaveLength(READ_OF_TINYCBOR)
  })
  it.each(malformed)('$name is refused', ({ hex }) => {
    expect(codeOf(() => decode(fromHex(hex)))).toBe('CBOR_INVALID')
  })
  it.each(wellFormed)('$name is read, or refused by a rule', ({ hex }) => {
    const rule = judge(hex)
    if (rule !== '') expect(rule).toMatch(RULES)
  })
})
const READ_OF_APPENDIX_A = 39
const READ_OF_TINYCBOR = 48

/** Texts that atproto's grammar lets pass and that are no CID we read: another base, or no CID at all. */
const NO_CIDS: { readonly [text: string]: string } = {
  'mBcDxtdWx0aWhhc2g+': 'a placeholder, in base64',
  'z7x3CtScH765HvShXT': 'the bytes 01 70 and the text <multihash>: a placeholder',
  '7134036155352661643226414134664076': 'the same placeholder, in base8',
}

describe.skipIf(atproto === undefined)('atproto interop', () => {
  const lines = (file: string): string[] => atproto === undefined ? [] : readFileSync(join(atproto, 'syntax', file), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const fixtures = atproto === undefined ? [] : readJson(atproto, 'data-model/data-model-fixtures.json') as { json: unknown; cbor_base64: string; cid: string }[]

  it('has 3 fixtures of the data model', () => {
    expect(fixtures).toHaveLength(3)
  })
  it.each(fixtures)('JSON → CBOR → CID gives $cid', ({ json, cbor_base64, cid }) => {
    const bytes = encode(fromAtprotoJson(json))
    expect(Buffer.from(bytes).toString('base64').replaceAll('=', '')).toBe(cbor_base64)
    expect(cidOf(bytes, 'dag-cbor')).toBe(cid)
    expect(toHex(encode(decode(bytes)))).toBe(toHex(bytes))
  })
  it.each(lines('cid_syntax_invalid.txt'))('%j is no CID', (text) => {
    expect(codeOf(() => parseCid(text))).toBe('CID_INVALID')
  })
  it.each(lines('cid_syntax_valid.txt'))('%j is a CID, unless it only looks like one', (text) => {
    if (text in NO_CIDS) expect(codeOf(() => parseCid(text))).toBe('CID_INVALID')
    else expect(parseCid(parseCid(text).toString()).equals(parseCid(text))).toBe(true)
  })
})

function fromAtprotoJson(json: unknown): CborValue {
  if (Array.isArray(json)) return json.map(fromAtprotoJson)
  if (typeof json !== 'object' || json === null) return json as CborValue
  const { $link, $bytes } = json as { $link?: unknown; $bytes?: unknown }
  if (typeof $link === 'string') return parseCid($link)
  if (typeof $bytes === 'string') return Uint8Array.from(Buffer.from($bytes, 'base64'))
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, fromAtprotoJson(value)]))
}

it('an integral float stays apart from its integer in what these suites compare', () => {
  expect(decode(fromHex('fb3ff0000000000000'))).toEqual(new Float(1))
})
