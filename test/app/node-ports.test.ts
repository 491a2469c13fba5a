import { describe, expect, it } from 'vitest'
import { createClock, createRandom } from '../../src/app/node-ports.js'
import { codeOf } from '../helpers/objects.js'

describe('the clock', () => {
  it('goes, or stands at ATOM_NOW_MS', () => {
    const beforeMs = Date.now()
    expect(createClock({}).nowMs()).toBeGreaterThanOrEqual(beforeMs)
    expect(createClock({ ATOM_NOW_MS: '' }).nowMs()).toBeGreaterThanOrEqual(beforeMs)
    expect(createClock({ ATOM_NOW_MS: '1732703253000' }).nowMs()).toBe(1_732_703_253_000)
  })

  it.each(['noon', '1.5', 'NaN', '1e300', '-1e15'])('refuses %s', (text) => {
    expect(codeOf(() => createClock({ ATOM_NOW_MS: text }))).toBe('CONFIG_INVALID')
  })
})

describe('randomness', () => {
  it('gives what was asked for, never the same twice, also beyond its pool', () => {
    const random = createRandom({})
    const seen = new Set<string>()
    for (let count = 0; count < 1_000; count++) {
      const bytes = random.bytes(16)
      expect(bytes).toHaveLength(16)
      seen.add(Buffer.from(bytes).toString('hex'))
    }
    expect(seen.size).toBe(1_000)
    expect(random.bytes(10_000).slice(-32).some((byte) => byte !== 0)).toBe(true)
    expect(random.bytes(0)).toHaveLength(0)
  })

  it('hands out bytes that a later call does not change', () => {
    const random = createRandom({})
    const first = random.bytes(16)
    const copy = first.slice()
    for (let count = 0; count < 600; count++) random.bytes(16).fill(0)
    expect(first).toEqual(copy)
  })

  it('repeats itself with a seed, and tells seeds apart', () => {
    const [one, same, other] = ['1', '1', '2'].map((seed) => createRandom({ ATOM_RANDOM_SEED: seed }))
    const take = (random: typeof one): string[] => [16, 40, 16].map((length) => Buffer.from(random?.bytes(length) ?? []).toString('hex'))
    const taken = take(one)
    expect(taken).toEqual(take(same))
    expect(new Set([...taken, ...take(other)]).size).toBe(6)
  })
})
