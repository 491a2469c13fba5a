import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGuarded } from '../../../src/app/handles.js'
import { residencyOf } from '../../../src/app/owner/residency.js'
import type { Residency, SitOptions } from '../../../src/app/owner/types.js'
import { META } from '../../../src/store/objects.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { contextIn, makePlace, pause, type Place } from '../../fault/kit.js'

const homeOf = (place: Place): Residency => residencyOf({ path: join(place.folder, '.atom'), root: place.folder })
const here = (place: Place): SitOptions => ({ context: place.context, owner: 'insist', serve: 'never' })
const isLocked = async (place: Place): Promise<boolean> => {
  try {
    await (await openGuarded(join(place.folder, '.atom'), {})).close()
    return false
  } catch {
    return true
  }
}

describe('what a process has of a store', () => {
  it('is one for each path, and nothing until somebody sits down', async () => {
    await using place = await makePlace()
    expect(homeOf(place)).toBe(homeOf(place))
    expect(homeOf(place).stepIn('own')).toBe('closed')
    expect(await isLocked(place)).toBe(false)
  })

  it('is the store itself while anybody works on it, and nothing afterwards', async () => {
    await using place = await makePlace()
    const residency = homeOf(place)
    expect(await Promise.all([residency.sit(here(place)), residency.sit(here(place))])).toEqual([undefined, undefined])
    expect(residency.store.getRecord(META.format)).toEqual(Uint8Array.of(1))
    await residency.leave('own', 0)
    expect([residency.stepIn('client'), await isLocked(place)]).toEqual(['in', true])
    void residency.leave('client', 0)
    await residency.leave('own', 0)
    expect([residency.stepIn('own'), await isLocked(place)]).toEqual(['closed', false])
    expect(readdirSync(join(place.folder, '.atom/run')).filter((name) => !name.startsWith('claim-'))).toEqual([])
  })

  it('stays a moment for who lingers, and a session keeps it for the next call', async () => {
    await using place = await makePlace()
    const residency = homeOf(place)
    const detach = residency.attach()
    await residency.sit(here(place))
    await residency.leave('own', 0)
    expect(residency.stepIn('own')).toBe('in')
    await residency.leave('own', 0)
    await pause(200)
    expect(residency.stepIn('own')).toBe('closed')
    await residency.sit(here(place))
    await residency.leave('own', 0)
    await detach()
    expect(await isLocked(place)).toBe(false)
  })

  it('does what follows a recording at once, for a session later, and before the store is let go in any case', async () => {
    await using place = await makePlace()
    const residency = homeOf(place)
    const done: string[] = []
    const work = (name: string) => async (): Promise<void> => { done.push(`${name} ${residency.store.getRecord(META.format) === undefined ? 'closed' : 'open'}`) }
    await residency.sit(here(place))
    await residency.follow('own', work('command'))
    const detach = residency.attach()
    await residency.follow('client', work('client'))
    expect(residency.follow('own', work('session'))).toBeUndefined()
    expect(done).toEqual(['command open', 'client open'])
    await residency.leave('own', 0)
    await detach()
    expect(done).toEqual(['command open', 'client open', 'session open'])
  })

  it('is let go when the last one inside has left, not before, and can be had again', async () => {
    await using place = await makePlace()
    const residency = homeOf(place)
    await residency.sit(here(place))
    let isGone = false
    const gone = residency.letGo().then(() => { isGone = true })
    await pause(20)
    expect([isGone, residency.stepIn('client')]).toEqual([false, 'closed'])
    const next = residency.sit(here(place))
    void residency.leave('own', 50)
    await gone
    expect(await next).toBeUndefined()
    await residency.leave('own', 0)
  })
})

describe('waiting for a store that somebody else has', () => {
  it('ends at the limit, with how long it was', async () => {
    await using place = await makePlace()
    const store = await openGuarded(join(place.folder, '.atom'), {})
    const context = contextIn(place.folder, { ATOM_LOCK_TIMEOUT_MS: '60' })
    await expect(homeOf(place).sit({ ...here(place), context })).rejects.toMatchObject({ code: 'STORE_LOCKED', data: { waitedMs: expect.toSatisfy((ms: number) => ms >= 60 && ms < 5_000) as number } })
    await store.close()
  })

  it('ends when the caller gives up, and when the other one is done', async () => {
    await using place = await makePlace()
    const store = await openGuarded(join(place.folder, '.atom'), {})
    const abort = new AbortController()
    const given = codeOfAsync(() => homeOf(place).sit({ ...here(place), context: { ...place.context, signal: abort.signal } })).catch((error: unknown) => (error as Error).name)
    const patient = homeOf(place).sit(here(place))
    setTimeout(() => { abort.abort() }, 10)
    expect(await given).toBe('AbortError')
    await store.close()
    expect(await patient).toBeUndefined()
    await homeOf(place).leave('own', 0)
  })
})

it('the spool is left alone while work asks for that, which waits for who looks into it', async () => {
  await using place = await makePlace()
  const residency = homeOf(place)
  const said: string[] = []
  let finish = (): void => undefined
  const first = residency.drainWith(0, () => new Promise<void>((resolve) => { finish = () => { said.push('drained'); resolve() } }))
  const second = residency.withoutDrain(async () => {
    said.push('working')
    expect(residency.drainWith(0, () => Promise.reject(new Error('nobody asked for this')))).toBeUndefined()
    await Promise.resolve()
    return 'done'
  })
  expect(said).toEqual([])
  finish()
  await first
  expect([await second, said]).toEqual(['done', ['drained', 'working']])
  await expect(residency.withoutDrain(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  // At once, however often.
  expect(residency.drainWith(60_000, () => Promise.resolve())).toBeInstanceOf(Promise)
})

it('the spool is looked into by one at a time, and not too often', async () => {
  await using place = await makePlace()
  const residency = homeOf(place)
  let finish = (): void => undefined
  let runs = 0
  const work = (): Promise<void> => {
    runs++
    return new Promise((resolve) => { finish = resolve })
  }
  const first = residency.drainWith(0, work)
  expect([first instanceof Promise, residency.drainWith(0, work), runs]).toEqual([true, undefined, 1])
  finish()
  await first
  expect(residency.drainWith(60_000, work)).toBeUndefined()
  void residency.drainWith(0, work)
  finish()
  expect(runs).toBe(2)
})
