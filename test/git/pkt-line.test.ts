import { describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../../src/base/bytes.js'
import { encodePacket, FLUSH, packets, packetText } from '../../src/git/pkt-line.js'

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function read(bytes: Uint8Array, size = bytes.length): Promise<string[]> {
  const found = []
  for await (const packet of packets(inPieces(bytes, size))) found.push(packet === 'flush' ? 'flush' : packetText(packet))
  return found
}

describe('lines with their length', () => {
  it('are written as git writes them', () => {
    expect(new TextDecoder().decode(encodePacket('want é\n'))).toBe('000cwant é\n')
  })

  it('come back whole, in whatever pieces they arrive', async () => {
    const bytes = concatBytes([encodePacket('# service=git-upload-pack\n'), FLUSH, encodePacket('no line feed'), encodePacket(''), FLUSH])
    for (const size of [1, 3, 7, bytes.length]) expect(await read(bytes, size)).toEqual(['# service=git-upload-pack', 'flush', 'no line feed', '', 'flush'])
  })

  it('are refused where they are none, or end too soon', async () => {
    for (const text of ['zzzz', '0003', 'fff1', '<htm']) await expect(read(utf8(text)), text).rejects.toThrow('wire format')
    await expect(read(utf8('0009abc'))).rejects.toThrow('in the middle of a line')
    await expect(read(utf8('00'))).rejects.toThrow('in the middle of a line')
  })
})
