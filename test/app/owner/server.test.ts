import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { getOwnerAddress } from '../../../src/app/owner/address.js'
import { connectOwner } from '../../../src/app/owner/client.js'
import { FRAME_MAX_BYTES } from '../../../src/app/owner/frames.js'
import { residencyOf } from '../../../src/app/owner/residency.js'
import type { Answer, OwnerLink } from '../../../src/app/owner/types.js'
import { runOperation } from '../../../src/app/run.js'
import { OwnerLost } from '../../../src/app/owner/owner-lost.js'
import { add, type AddResult } from '../../../src/ops/record/add.js'
import type { LogEntry } from '../../../src/ops/look/log-entry.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { checkLine, contextIn, makePlace, type Place } from '../../fault/kit.js'

interface Served extends AsyncDisposable {
  readonly place: Place
  readonly link: OwnerLink
  call(operation: string, input: unknown, changed?: { readonly request?: string; readonly attempt?: 'first' | 'again' }): Promise<Answer>
  letGo(): Promise<void>
}

/** A store that this process owns and serves, and a client of it. */
async function served(): Promise<Served> {
  const place = await makePlace()
  const folder = join(place.folder, '.atom')
  const residency = residencyOf({ path: folder, root: place.folder })
  await residency.sit({ context: place.context, owner: 'insist', serve: 'at-once' })
  const link = await connectOwner(getOwnerAddress(folder) ?? '', 1_000)
  if (link === undefined) throw new Error('nobody listens')
  let request = 0
  let isIn = true
  const letGo = async (): Promise<void> => {
    if (isIn) await residency.leave('own', 0)
    isIn = false
  }
  return {
    place, link, letGo,
    call: (operation, input, changed = {}) => link.call({ operation, input, request: String(++request).padStart(32, '0'), attempt: 'first', cwd: place.folder, env: { USER: 'client', HOME: place.folder }, ...changed }, contextIn(place.folder)),
    [Symbol.asyncDispose]: async () => {
      link.close()
      await letGo()
      await place[Symbol.asyncDispose]()
    },
  }
}

const valueOf = (answer: Answer): AddResult => {
  if (answer.is !== 'value') throw new Error(`no value: ${answer.is}`)
  return answer.value as AddResult
}

describe('serving the store', () => {
  it('is for this user alone', async () => {
    await using served_ = await served()
    const socket = lstatSync(join(served_.place.folder, '.atom/run'))
    expect(socket.mode & 0o077).toBe(0)
  })

  it('records for a client as the client, and streams back what is there', async () => {
    await using owner = await served()
    expect(valueOf(await owner.call('add', { type: 'TASK', title: 'handed over' })).atom.header.agent).toBe('user:client')
    const answer = await owner.call('log', {})
    const titles: (string | undefined)[] = []
    if (answer.is === 'stream') for await (const item of answer.items) titles.push((item as LogEntry).title)
    expect(titles[0]).toBe('handed over')
    expect(titles).toHaveLength(2)
  })

  it('answers a repeat as before, also while the first is under way', async () => {
    await using owner = await served()
    const request = 'ab'.repeat(16)
    const add = (attempt: 'first' | 'again'): Promise<Answer> => owner.call('add', { type: 'TASK', title: 'once' }, { request, attempt })
    const [first, again] = (await Promise.all([add('first'), add('again')])).map(valueOf)
    expect(again?.atom.id).toBe(first?.atom.id)
    expect(await checkLine(owner.place, [])).toHaveLength(2)
  })

  it('checks what comes in like any input, and knows only its catalogue', async () => {
    await using owner = await served()
    expect(await codeOfAsync(() => owner.call('add', { type: 'not a type', title: 'x' }))).toBe('INPUT_INVALID')
    expect(await codeOfAsync(() => owner.call('add', 'not a map'))).toBe('INPUT_INVALID')
    await expect(owner.call('add', { type: 'TASK', title: 'x' }, { request: '../../etc' })).rejects.toThrow('32 hex digits')
    expect(await owner.call('__proto__', {})).toEqual({ is: 'unknown' })
    expect(await checkLine(owner.place, [])).toHaveLength(1)
  })

  it('leaves what is too large for a message to the client: an input, and what was read', async () => {
    await using owner = await served()
    const reason = 'r'.repeat(FRAME_MAX_BYTES)
    expect(await owner.call('add', { type: 'TASK', title: 'too large', reason })).toEqual({ is: 'unknown' })
    await runOperation(add, { type: 'TASK', title: 'large', reason }, owner.place.context)
    const answer = await owner.call('show', { revisions: ['HEAD'] })
    if (answer.is !== 'stream') throw new Error(answer.is)
    await expect((async () => { for await (const item of answer.items) expect(item).toBeDefined() })()).rejects.toThrow(OwnerLost)
    expect(await checkLine(owner.place, [])).toHaveLength(2)
  })

  it('ends when the store is let go: what comes after is lost, not done', async () => {
    await using owner = await served()
    await owner.letGo()
    expect(await owner.call('add', { type: 'TASK', title: 'late' })).toEqual({ is: 'lost' })
    expect(getOwnerAddress(join(owner.place.folder, '.atom'))).toBeUndefined()
    expect(await checkLine(owner.place, [])).toHaveLength(1)
  })
})
