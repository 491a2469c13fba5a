import { describe, expect, it } from 'vitest'
import type { Environment } from '../../../src/app/context.js'
import { performCall } from '../../../src/app/owner/call.js'
import { OwnerLost } from '../../../src/app/owner/owner-lost.js'
import type { Answer, OwnerLink, Residency, SitOptions } from '../../../src/app/owner/types.js'
import type { Operation } from '../../../src/ops/operation.js'
import { contextIn } from '../../fault/kit.js'

type Frame = Parameters<OwnerLink['call']>[0]

async function* cutAfter(...items: string[]): AsyncIterable<unknown> {
  yield* items
  throw new OwnerLost('gone')
}
async function* whole(...items: string[]): AsyncIterable<unknown> { yield* items }

/** A process without the store: each time it sits down it finds an owner, who gives the next answer. */
function owners(...answers: readonly Answer[]): { readonly residency: Residency; readonly frames: Frame[]; readonly sits: SitOptions['owner'][] } {
  const frames: Frame[] = []
  const sits: SitOptions['owner'][] = []
  const waiting = [...answers]
  const link: OwnerLink = {
    isOpen: true, letGo: () => Promise.resolve(), close: () => undefined,
    call: (frame) => {
      frames.push(frame)
      const next = waiting.shift()
      return next === undefined ? Promise.reject(new Error('asked once too often')) : Promise.resolve(next)
    },
  }
  const sit: Residency['sit'] = ({ owner }) => {
    sits.push(owner)
    return owner === 'insist' ? Promise.reject(new Error('opened here')) : Promise.resolve(link)
  }
  return { residency: { sit } as Residency, frames, sits }
}

const operation: Operation<object, unknown> = { name: 'log', summary: 'x', effect: 'read', errors: [], check: (input) => input as object, run: () => Promise.reject(new Error('not here')) }
const call = (residency: Residency, env: Environment = {}): Promise<unknown> => performCall(residency, { operation, raw: { n: 1 }, input: {}, context: { ...contextIn('/somewhere'), env } }, { serve: 'soon', lingerMs: 0 })

describe('a call where another process has the store', () => {
  it('goes there with the input as given, and brings the value back', async () => {
    const { residency, frames } = owners({ is: 'value', value: 42 })
    expect(await call(residency)).toBe(42)
    expect(frames).toMatchObject([{ operation: 'log', input: { n: 1 }, attempt: 'first', cwd: '/somewhere', request: expect.stringMatching(/^[0-9a-f]{32}$/) as string }])
  })

  it('carries who acts and by which clock, and nothing else of the environment', async () => {
    const { residency, frames } = owners({ is: 'value', value: 0 })
    await call(residency, { ATOM_AGENT: 'qwen', HOME: '/h', USER: 'ann', USERS: 'x', AWS_SECRET: 'x', PATH: '/bin', CLAUDECODE: '1', ATOM_UNSET: undefined })
    expect(frames[0]?.env).toEqual({ ATOM_AGENT: 'qwen', HOME: '/h', USER: 'ann', CLAUDECODE: '1' })
  })

  it('is repeated under the same request when the owner ends without an answer', async () => {
    const { residency, frames } = owners({ is: 'lost' }, { is: 'lost' }, { is: 'value', value: 'done' })
    expect(await call(residency)).toBe('done')
    expect(frames.map(({ attempt }) => attempt)).toEqual(['first', 'again', 'again'])
    expect(new Set(frames.map(({ request }) => request)).size).toBe(1)
  })

  it('has the store opened here when one owner after the other ends, or what answers is none', async () => {
    const { residency, sits } = owners(...Array.from({ length: 20 }, (): Answer => ({ is: 'lost' })))
    await expect(call(residency)).rejects.toThrow('opened here')
    expect(sits.filter((owner) => owner === 'join')).toHaveLength(5)
    const cut = owners(...Array.from({ length: 20 }, (): Answer => ({ is: 'stream', items: cutAfter() })))
    const items = await call(cut.residency) as AsyncIterable<unknown>
    await expect((async () => { for await (const item of items) throw new Error(String(item)) })()).rejects.toThrow('opened here')
  })

  it('has the store opened here for what the owner does not know', async () => {
    const { residency, sits } = owners({ is: 'unknown' })
    await expect(call(residency)).rejects.toThrow('opened here')
    expect(sits).toEqual(['join', 'insist'])
  })

  it('goes on with a stream behind the last item when its owner ends', async () => {
    const { residency, frames } = owners({ is: 'stream', items: cutAfter('a', 'b') }, { is: 'stream', items: whole('a', 'b', 'c') })
    const items: unknown[] = []
    for await (const item of await call(residency) as AsyncIterable<unknown>) items.push(item)
    expect(items).toEqual(['a', 'b', 'c'])
    expect(frames.map(({ attempt }) => attempt)).toEqual(['first', 'again'])
  })
})
