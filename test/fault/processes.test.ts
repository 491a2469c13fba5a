import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acknowledged, buildPrograms, checkLine, leftovers, makePlace, pause, removePrograms, startActor, startCli, waitFor, type Child } from './kit.js'

beforeAll(buildPrograms)
afterAll(removePrograms)

describe('many processes on one store', () => {
  it('lose nothing and give no id twice: 16 with 50 recordings each, some killed at any moment', async () => {
    await using place = await makePlace()
    const children = Array.from({ length: 16 }, (_, index) => startActor({ cwd: place.folder, name: `p${String(index)}`, count: 50, owner: index % 4 === 3 ? 'never' : 'auto', together: 1 + index % 3 }))
    const killed = new Set<Child>()
    for (const [index, child] of children.entries()) {
      if (index % 3 !== 0) continue
      killed.add(child)
      void pause(150 + Math.random() * 700).then(() => child.process.kill('SIGKILL'))
    }
    await Promise.all(children.map(({ done }) => done))
    const acks = acknowledged(children)
    for (const child of children) if (!killed.has(child)) expect([child.lines.length, child.errors.join('')]).toEqual([50, ''])
    const entries = await checkLine(place, acks)
    // What was recorded and not yet acknowledged when its process was killed: at most what was under way.
    expect(entries.length - 1 - acks.length).toBeLessThanOrEqual(killed.size * 3)
    const titles = entries.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
    expect(leftovers(place.folder)).toEqual([])
  })

  it('go on when the owner is killed under load, each request done once', async () => {
    await using place = await makePlace()
    const owner = startActor({ cwd: place.folder, name: 'owner', count: 100_000, owner: 'auto', together: 4 })
    await waitFor(() => owner.lines.length > 20)
    const children = Array.from({ length: 4 }, (_, index) => startActor({ cwd: place.folder, name: `c${String(index)}`, count: 150, owner: 'auto', together: 2 }))
    await waitFor(() => children.every(({ lines }) => lines.length > 10))
    owner.process.kill('SIGKILL')
    await Promise.all([owner.done, ...children.map(({ done }) => done)])
    for (const child of children) expect([child.lines.length, child.errors.join('')]).toEqual([150, ''])
    const entries = await checkLine(place, acknowledged([owner, ...children]))
    const titles = entries.map(({ title }) => title ?? '').filter((title) => title.startsWith('c'))
    expect([titles.length, new Set(titles).size]).toEqual([600, 600])
  })

  it('take turns without an owner: plain commands, killed at random moments', async () => {
    await using place = await makePlace()
    const children: Child[] = []
    let started = 0
    const worker = async (): Promise<void> => {
      for (let index = started++; index < 200; index = started++) {
        const child = startCli(place.folder, ['add', 'TASK', `t${String(index)}`, '--json'])
        children.push(child)
        if (index % 4 === 0) void pause(Math.random() * 250).then(() => child.process.kill('SIGKILL'))
        await child.done
      }
    }
    await Promise.all(Array.from({ length: 6 }, worker))
    const acks = children.filter(({ process }) => process.exitCode === 0).map(({ lines }) => JSON.parse(lines[0] ?? '') as { atom_id: string; object: string; title: string })
    for (const { process, errors } of children) if (process.signalCode === null) expect([process.exitCode, errors.join('')]).toEqual([0, expect.not.stringContaining('error')])
    expect(acks.length).toBeGreaterThanOrEqual(150)
    const entries = await checkLine(place, acks.map(({ atom_id: atomId, object, title }) => ({ atomId, object, title, ms: 0 })))
    const titles = entries.map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })
})
