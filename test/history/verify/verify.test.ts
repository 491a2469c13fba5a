import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { verifyReachable } from '../../../src/history/verify/reachable-objects.js'
import { verifyStore } from '../../../src/history/verify/verify.js'
import { checkObjectsAndLinks } from '../../../src/history/verify/fsck.js'
import { objectKey } from '../../../src/store/keys.js'
import { createCountingRandom, file, makeSample, startStore } from './sample-store.js'

const world = { random: createCountingRandom(), reporter: silentReporter, signal: new AbortController().signal }

describe('verifyStore', () => {
  it('finds nothing wrong with what was recorded, and says what it cannot prove', async () => {
    const { store } = await makeSample(undefined, { names: 1_500 })
    const result = await verifyStore({ records: store, ...world })
    expect(result.findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning clock-backwards', 'info forgotten', 'info influence-absent'])
    expect(result).toMatchObject({ ok: true, atoms: 33 })
    expect(result.claims.map(({ status }) => status)).toEqual(['proved', 'proved', 'proved', 'proved', 'conditional', 'not-provable', 'not-provable', 'not-provable', 'not-provable'])
  })

  it('says little of an empty store, and nothing false', async () => {
    const { store } = await startStore()
    expect(await verifyStore({ records: store, ...world })).toMatchObject({ ok: true, atoms: 1, findings: [] })
  })

  it('keeps a bounded number of findings of each code and counts the rest', async () => {
    const { store } = await makeSample()
    for await (const list of store.scan({ gte: Uint8Array.of(0x6f), lt: Uint8Array.of(0x70) })) {
      for (const [key] of list) await store.write({ puts: [[key, Uint8Array.of(1)]], deletes: [] }, 'sync')
    }
    const result = await verifyStore({ records: store, ...world }, { perCode: 3 })
    const corrupt = result.findings.filter(({ code }) => code === 'object-corrupt')
    expect(corrupt).toHaveLength(4)
    expect(corrupt.at(-1)?.message).toMatch(/^and \d+ more of these$/)
  })

  it('stops when it is interrupted', async () => {
    const { store } = await makeSample()
    const signal = AbortSignal.abort()
    await expect(verifyStore({ records: store, ...world, signal })).rejects.toThrow(/abort/i)
  })
})

describe('verifyReachable', () => {
  it('judges what a revision owns, and nothing else', async () => {
    const { store, atoms } = await makeSample()
    const middle = atoms[4]
    const result = await verifyReachable({ records: store, ...world }, [middle!.id])
    expect(result).toMatchObject({ ok: true, findings: [] })
    expect(result.atoms).toBeLessThan(10)
    expect(result.claims.find(({ claim }) => claim.includes('operation log'))?.status).toBe('not-provable')
  })

  it('names what is missing below it', async () => {
    const { store, atoms } = await makeSample()
    await store.write({ puts: [], deletes: [objectKey(atoms[0]!.header.body)] }, 'sync')
    const result = await verifyReachable({ records: store, ...world }, [atoms[1]!.id])
    expect(result.findings).toMatchObject([{ severity: 'error', code: 'link-missing', object: digestOf(atoms[0]!.header.body) }])
  })
})

describe('fsck', () => {
  it('lists what nothing names', async () => {
    const { store } = await makeSample()
    const [loose] = file('nobody links this').objects
    await store.write({ puts: [[objectKey(loose!.id), loose!.bytes]], deletes: [] }, 'sync')
    const result = await checkObjectsAndLinks({ records: store, ...world })
    expect(result).toMatchObject({ ok: true, dangling: [{ kind: 'raw', object: digestOf(loose!.id) }], danglingCount: 1 })
  })
})
