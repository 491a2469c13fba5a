import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createWriter, isGone, ReaderGone } from '../../../src/cli/terminal/writer.js'

/** A reader that takes one chunk at a time, when told to. */
function slowReader(): { readonly stream: Writable; readonly taken: string[]; take(): void } {
  const waiting: (() => void)[] = []
  const taken: string[] = []
  const stream = new Writable({
    highWaterMark: 1_024,
    write: (chunk: Buffer, _encoding, done) => {
      waiting.push(() => {
        taken.push(chunk.toString())
        done()
      })
    },
  })
  return { stream, taken, take: () => waiting.shift()?.() }
}

describe('writer', () => {
  it('needs no stream for a short answer', async () => {
    const written: string[] = []
    const writer = createWriter({ writeNow: (bytes) => { written.push(Buffer.from(bytes).toString()); return new Uint8Array() }, openStream: () => { throw new TypeError('opened') }, listeners: [] })
    expect(writer.write('a\n')).toBeUndefined()
    expect(writer.write('b\n')).toBeUndefined()
    await writer.end()
    expect(written).toEqual(['a\nb\n'])
  })

  it('sends what there is when it is told to, and the failure of that to the next write', async () => {
    const written: string[] = []
    const writer = createWriter({ writeNow: (bytes) => { written.push(Buffer.from(bytes).toString()); return new Uint8Array() }, openStream: () => { throw new TypeError('opened') }, listeners: [] })
    void writer.write('a\n')
    writer.flush()
    writer.flush()
    void writer.write('b\n')
    await writer.end()
    expect(written).toEqual(['a\n', 'b\n'])
    const gone = createWriter({ writeNow: () => { throw Object.assign(new Error('EPIPE'), { code: 'EPIPE' }) }, openStream: () => slowReader().stream, listeners: [] })
    void gone.write('a\n')
    gone.flush()
    expect(() => gone.write('b\n')).toThrow(ReaderGone)
  })

  it('hands over what the descriptor would not take', async () => {
    const reader = slowReader()
    const writer = createWriter({ writeNow: (bytes) => bytes.subarray(2), openStream: () => reader.stream, listeners: [] })
    void writer.write('abcdef')
    const ended = writer.end()
    await new Promise(setImmediate)
    reader.take()
    await ended
    expect(reader.taken).toEqual(['cdef'])
  })

  it('waits for a slow reader and tells the listeners', async () => {
    const reader = slowReader()
    const said: string[] = []
    const writer = createWriter({ openStream: () => reader.stream, listeners: [{ onBlocked: () => said.push('blocked'), onDrained: () => said.push('drained') }] })
    const blocked = writer.write('x'.repeat(20_000))
    expect(blocked).toBeInstanceOf(Promise)
    expect(said).toEqual(['blocked'])
    reader.take()
    await blocked
    expect(said).toEqual(['blocked', 'drained'])
  })

  it('shows what it has when an answer is slow', async () => {
    const reader = slowReader()
    const writer = createWriter({ writeNow: () => new Uint8Array(), openStream: () => reader.stream, listeners: [] })
    void writer.write('first\n')
    await new Promise((resolve) => setTimeout(resolve, 120))
    reader.take()
    expect(reader.taken).toEqual(['first\n'])
  })

  it('keeps bytes and text in order', async () => {
    const reader = slowReader()
    const writer = createWriter({ openStream: () => reader.stream, listeners: [] })
    void writer.write('a')
    void writer.write(Uint8Array.of(98))
    void writer.write('c')
    const ended = writer.end()
    for (let turn = 0; turn < 3; turn++) {
      await new Promise(setImmediate)
      reader.take()
    }
    await ended
    expect(reader.taken.join('')).toBe('abc')
  })

  it('says ReaderGone when nobody reads any more', async () => {
    const reader = slowReader()
    const writer = createWriter({ openStream: () => reader.stream, listeners: [] })
    const blocked = writer.write('x'.repeat(20_000))
    reader.stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    await expect(blocked).rejects.toBeInstanceOf(ReaderGone)
    expect(() => writer.write('more')).toThrow(ReaderGone)
    await expect(writer.end()).rejects.toBeInstanceOf(ReaderGone)
    expect(isGone(new Error('other'))).toBe(false)
  })

  it('says ReaderGone when the descriptor is closed', async () => {
    const writer = createWriter({ writeNow: () => { throw Object.assign(new Error('EPIPE'), { code: 'EPIPE' }) }, openStream: () => slowReader().stream, listeners: [] })
    void writer.write('a')
    await expect(writer.end()).rejects.toBeInstanceOf(ReaderGone)
  })
})
