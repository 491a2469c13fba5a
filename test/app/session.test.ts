import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openSession } from '../../src/app/session.js'
import { add, type AddResult } from '../../src/ops/record/add.js'
import { verify, type VerifyResult } from '../../src/ops/prove/verify.js'
import { checkLine, contextIn, makePlace, pause } from '../fault/kit.js'

describe('a session', () => {
  it('checks the input before anything is opened', async () => {
    await using place = await makePlace()
    const session = await openSession(place.context)
    await expect(session.run(add, { type: 'no type', title: 'x' })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await session.close()
  })

  it.each(['auto', 'never'] as const)('records in the order of the calls, also after a rest: owner %s', async (owner) => {
    await using place = await makePlace()
    const session = await openSession(place.context, { owner })
    const run = async (title: string): Promise<string> => (await session.run(add, { type: 'TASK', title }) as AddResult).atom.header.atomId
    const first = await Promise.all(['a', 'b', 'c'].map(run))
    await pause(150)
    first.push(await run('d'))
    await session.close()
    expect(first.map((id) => id.slice(-3))).toEqual(['002', '003', '004', '005'])
    expect((await checkLine(place, [])).map(({ title }) => title).slice(0, 4)).toEqual(['d', 'c', 'b', 'a'])
  })

  it('finishes what is under way when it is closed, and takes nothing afterwards', async () => {
    await using place = await makePlace()
    const session = await openSession(place.context)
    const last = session.run(add, { type: 'TASK', title: 'last' })
    await session.close()
    expect(((await last) as AddResult).isRepeat).toBe(false)
    await expect(session.run(add, { type: 'TASK', title: 'late' })).rejects.toThrow(TypeError)
    await session.close()
  })

  it('has trail.log up with the store a moment after a recording, before it answers a question, and when it is closed', async () => {
    await using place = await makePlace()
    const session = await openSession(place.context)
    const titles = (): string[] => readFileSync(join(place.folder, '.atom/trail.log'), 'utf8').trimEnd().split('\n').map((line) => line.split('\t')[5] ?? '')
    await session.run(add, { type: 'TASK', title: 'a' })
    await vi.waitFor(() => expect(titles().slice(1)).toEqual(['a']))
    await session.run(add, { type: 'TASK', title: 'b' })
    expect((await session.run(verify, {}) as VerifyResult).findings).toEqual([])
    expect(titles().slice(1)).toEqual(['a', 'b'])
    await Promise.all(['c', 'd'].map((title) => session.run(add, { type: 'TASK', title })))
    await session.close()
    expect(titles().slice(1)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is refused where there is no store', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'atom-none-'))
    await expect(openSession({ ...contextIn(empty), env: { HOME: empty } })).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' })
  })
})
