import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { connectOwner } from '../../../src/app/owner/client.js'
import { encodeFrame, PROTOCOL, readFrames, type CallFrame, type ClientFrame, type OwnerFrame } from '../../../src/app/owner/frames.js'
import { OwnerLost } from '../../../src/app/owner/owner-lost.js'
import { errorToWire } from '../../../src/app/owner/wire.js'
import type { AppContext } from '../../../src/app/context.js'
import type { Answer, OwnerLink } from '../../../src/app/owner/types.js'
import { AtomError } from '../../../src/base/errors.js'
import { temporaryFolders } from '../../helpers/git.js'
import { waitFor } from '../../fault/kit.js'

const newFolder = temporaryFolders()
const closing: (() => void)[] = []
afterEach(() => { for (const close of closing.splice(0)) close() })

interface FakeOwner {
  readonly address: string
  /** What clients said, in order. */
  readonly heard: ClientFrame[]
  say(frame: OwnerFrame): void
  hangUp(): void
}

/** An owner that says only what a test has it say. */
async function anOwner(hello: OwnerFrame = { is: 'ready', protocol: PROTOCOL }): Promise<FakeOwner> {
  const sockets: Socket[] = []
  const heard: ClientFrame[] = []
  const address = join(newFolder(), 'o.sock')
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    readFrames(socket, (message) => { heard.push(message as ClientFrame) })
    socket.write(encodeFrame(hello))
  })
  await new Promise<void>((resolve) => { server.listen(address, resolve) })
  const hangUp = (): void => { for (const socket of sockets) socket.destroy() }
  closing.push(() => {
    hangUp()
    server.close()
  })
  return { address, heard, hangUp, say: (frame) => { for (const socket of sockets) socket.write(encodeFrame(frame)) } }
}

interface Called { readonly answer: Promise<Answer>; readonly said: string[]; readonly abort: AbortController }

const FRAME: Omit<CallFrame, 'is' | 'id'> = { operation: 'log', input: {}, request: '0'.repeat(32), attempt: 'first', cwd: '/', env: {} }

async function called(owner: FakeOwner): Promise<Called & { readonly link: OwnerLink }> {
  const link = await connectOwner(owner.address, 1_000)
  if (link === undefined) throw new Error('nobody there')
  const said: string[] = []
  const abort = new AbortController()
  const context: AppContext = { cwd: '/', env: {}, signal: abort.signal, reporter: { warn: (message) => { said.push(message) }, progress: (label, done, total) => { said.push(`${label} ${String(done)}/${String(total)}`) } } }
  const answer = link.call(FRAME, context)
  answer.catch(() => undefined)
  await waitFor(() => owner.heard.some(({ is }) => is === 'call'))
  return { answer, said, abort, link }
}

describe('knocking', () => {
  it('finds nobody where nobody listens, or somebody speaks otherwise', async () => {
    expect(await connectOwner(join(newFolder(), 'none.sock'), 1_000)).toBeUndefined()
    expect(await connectOwner((await anOwner({ is: 'ready', protocol: PROTOCOL + 1 })).address, 1_000)).toBeUndefined()
  })

  it('says so when somebody is there and says nothing', async () => {
    const mute = createServer(() => undefined)
    const address = join(newFolder(), 'm.sock')
    await new Promise<void>((resolve) => { mute.listen(address, resolve) })
    closing.push(() => { mute.close() })
    await expect(connectOwner(address, 30)).rejects.toMatchObject({ code: 'STORE_LOCKED', data: { waitedMs: 30 } })
  })
})

describe('a call', () => {
  it('brings back a value, and on the way warnings and progress', async () => {
    const owner = await anOwner()
    const { answer, said } = await called(owner)
    owner.say({ is: 'alive' })
    owner.say({ is: 'warn', id: 1, message: 'careful' })
    owner.say({ is: 'progress', id: 1, label: 'reading', done: 1, total: 2 })
    owner.say({ is: 'value', id: 9, value: 'of somebody else' })
    owner.say({ is: 'value', id: 1, value: { atoms: 3 } })
    expect(await answer).toEqual({ is: 'value', value: { atoms: 3 } })
    expect(said).toEqual(['careful', 'reading 1/2'])
  })

  it('throws what the operation threw, code and all', async () => {
    const owner = await anOwner()
    const { answer } = await called(owner)
    owner.say({ is: 'error', id: 1, error: errorToWire(new AtomError('REF_NOT_FOUND', 'no main', { data: { name: 'main' }, hint: 'atom branch' })) })
    await expect(answer).rejects.toMatchObject({ name: 'AtomError', code: 'REF_NOT_FOUND', message: 'no main', hint: 'atom branch', data: { name: 'main' } })
  })

  it('is lost when the owner ends before it answered, and then the link is closed', async () => {
    const owner = await anOwner()
    const { answer, link } = await called(owner)
    owner.hangUp()
    expect(await answer).toEqual({ is: 'lost' })
    expect(link.isOpen).toBe(false)
    expect(await link.call(FRAME, { cwd: '/', env: {}, signal: new AbortController().signal, reporter: { warn: () => undefined, progress: () => undefined } })).toEqual({ is: 'lost' })
  })

  it('tells the owner when its caller gives up', async () => {
    const owner = await anOwner()
    const { abort } = await called(owner)
    abort.abort()
    await waitFor(() => owner.heard.some(({ is }) => is === 'abort'))
    expect(owner.heard.at(-1)).toEqual({ is: 'abort', id: 1 })
  })
})

describe('a stream', () => {
  async function streamed(): Promise<{ readonly owner: FakeOwner; readonly items: AsyncIterator<unknown> }> {
    const owner = await anOwner()
    const { answer } = await called(owner)
    owner.say({ is: 'stream', id: 1 })
    const result = await answer
    if (result.is !== 'stream') throw new Error(`not a stream: ${result.is}`)
    return { owner, items: result.items[Symbol.asyncIterator]() }
  }

  it('hands out items in order and asks for the next list when one is used up', async () => {
    const { owner, items } = await streamed()
    owner.say({ is: 'items', id: 1, items: ['a', 'b'] })
    expect([(await items.next()).value, (await items.next()).value]).toEqual(['a', 'b'])
    expect(owner.heard.some(({ is }) => is === 'more')).toBe(false)
    owner.say({ is: 'items', id: 1, items: ['c'] })
    owner.say({ is: 'end', id: 1 })
    expect((await items.next()).value).toBe('c')
    await waitFor(() => owner.heard.some(({ is }) => is === 'more'))
    expect((await items.next()).done).toBe(true)
    expect(owner.heard.some(({ is }) => is === 'abort')).toBe(false)
  })

  it('that is left early is called off', async () => {
    const { owner, items } = await streamed()
    owner.say({ is: 'items', id: 1, items: ['a', 'b'] })
    await items.next()
    await items.return?.()
    await waitFor(() => owner.heard.some(({ is }) => is === 'abort'))
    expect(owner.heard.at(-1)).toEqual({ is: 'abort', id: 1 })
  })

  it('gives what came before the owner ended, then says that it was lost', async () => {
    const { owner, items } = await streamed()
    owner.say({ is: 'items', id: 1, items: ['a'] })
    expect((await items.next()).value).toBe('a')
    owner.hangUp()
    await expect(items.next()).rejects.toBeInstanceOf(OwnerLost)
  })
})
