import { createConnection, createServer, type Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeFrame, readFrames } from '../../../src/app/owner/frames.js'

/** Sends chunks through a real socket; returns what was read, and whether the connection was ended for it. */
async function send(chunks: readonly Uint8Array[]): Promise<{ readonly read: readonly unknown[]; readonly isRefused: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'atom-frames-'))
  const read: unknown[] = []
  let isRefused = false
  await new Promise<void>((resolve) => {
    const server = createServer((socket: Socket) => {
      socket.on('error', () => { isRefused = true })
      socket.on('close', () => { server.close(() => { resolve() }) })
      readFrames(socket, (message) => { read.push(message) })
    }).listen(join(folder, 's'), () => { void writeSlowly(join(folder, 's'), chunks) })
  })
  rmSync(folder, { recursive: true })
  return { read, isRefused }
}

async function writeSlowly(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const client = createConnection(path)
  client.on('error', () => undefined)
  client.setNoDelay(true)
  for (const chunk of chunks) {
    client.write(chunk)
    await new Promise((next) => setTimeout(next, 2))
  }
  client.end()
}

describe('messages on a socket', () => {
  const frame = encodeFrame({ is: 'value', id: 1, value: { text: 'x'.repeat(50), none: undefined } })
  const message = { is: 'value', id: 1, value: { text: 'x'.repeat(50), none: undefined } }

  it('come whole however they are cut or joined', async () => {
    const joined = Buffer.concat([frame, frame, frame])
    for (const size of [1, 3, 7, 64, 1_000]) {
      const chunks = Array.from({ length: Math.min(200, Math.ceil(joined.length / size)) }, (_, index) => joined.subarray(index * size, index === 199 ? undefined : (index + 1) * size))
      expect(await send(chunks)).toEqual({ read: [message, message, message], isRefused: false })
    }
  })

  it('that are none end the connection, before anything is allocated for them', async () => {
    expect(await send([Uint8Array.of(255, 255, 255, 255, 0)])).toEqual({ read: [], isRefused: true })
    expect(await send([frame, Uint8Array.of(0, 0, 0, 1, 0xff)])).toEqual({ read: [message], isRefused: true })
  })

  it('refuse what cannot cross', () => {
    expect(() => encodeFrame({ is: 'value', id: 1, value: () => 1 })).toThrow(TypeError)
  })
})
