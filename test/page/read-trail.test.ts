import { describe, expect, it } from 'vitest'
import { digestOf, type ObjectId } from '../../src/codec/object-id.js'
import { judgeTrail, readTrail, type Verdict } from '../../src/page/read-trail.js'
import { readBody, readTimeline } from '../../src/page/timeline.js'
import { forget } from '../../src/ops/keep/forget.js'
import { resolveRef } from '../../src/refs/ref.js'
import { bundleOf } from '../helpers/bundles.js'
import { aHistory } from '../helpers/small-history.js'

const random = { bytes: (length: number) => new Uint8Array(length).fill(7) }

async function* inOne(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

const judged = async (file: Uint8Array): Promise<Verdict> => await judgeTrail(await readTrail(inOne(file)), random, [])

describe('the trail of a page', () => {
  it('is whole, and has its ATOMs in the one order', async () => {
    const repo = await aHistory()
    const { file } = await bundleOf(repo)
    const trail = await readTrail(inOne(file))
    expect(await judgeTrail(trail, random, [])).toMatchObject({ ok: true, atoms: 6, findings: [] })
    const { atoms, getAtom } = readTimeline(trail.objects, trail.objectIds)
    expect(atoms).toHaveLength(6)
    for (const [at, { orderMs, header }] of atoms.entries()) {
      expect(orderMs).toBeLessThanOrEqual(atoms[at - 1]?.orderMs ?? Infinity)
      for (const parent of header.parents) expect(getAtom(parent)?.orderMs).toBeLessThan(orderMs)
    }
    expect(readBody(trail.objects, atoms[5]!.header)?.title).toMatch(/\w/)
  })

  it('is compared with ids noted elsewhere', async () => {
    const repo = await aHistory()
    const trail = await readTrail(inOne((await bundleOf(repo)).file))
    const main = digestOf(resolveRef(repo.store, 'refs/heads/main') as ObjectId)
    const good = await judgeTrail(trail, random, [{ ref: 'refs/heads/main', digest: main }])
    expect(good.claims).toContainEqual(expect.objectContaining({ claim: 'these are the original heads', status: 'conditional' }))
    const other = digestOf(resolveRef(repo.store, 'refs/heads/side') as ObjectId)
    expect(await judgeTrail(trail, random, [{ ref: 'refs/heads/main', digest: other }])).toMatchObject({ ok: false, findings: [{ code: 'expected-ref' }] })
  })

  it('is not whole when any bit of it is another one', async () => {
    const { file } = await bundleOf(await aHistory())
    expect((await judged(file)).ok).toBe(true)
    for (let at = 0; at < file.length; at += 17) {
      const damaged = file.slice()
      damaged[at] = (damaged[at] as number) ^ (1 << at % 8)
      const verdict = await judged(damaged)
      expect([at, verdict.ok, verdict.findings[0]?.severity]).toEqual([at, false, 'error'])
      expect(verdict.claims.filter(({ status }) => status === 'proved')).toEqual([])
    }
  })

  it('names what was changed, and what of it is gone', async () => {
    const { file } = await bundleOf(await aHistory())
    const damaged = file.slice()
    damaged[file.length - 1] = (file.at(-1) as number) ^ 1
    expect((await judged(damaged)).findings.map(({ code }) => code)).toEqual(['object-corrupt', expect.stringMatching(/missing|link/)])
    expect((await judged(file.subarray(0, file.length - 10))).findings[0]).toMatchObject({ code: 'bundle-corrupt', message: expect.stringContaining('cut off') })
    expect(await judged(new Uint8Array(0))).toMatchObject({ ok: false, atoms: 0, findings: [{ code: 'bundle-corrupt' }, { code: 'bundle-corrupt' }] })
  })

  it('shows what was forgotten as forgotten', async () => {
    const repo = await aHistory()
    await forget.run(repo, forget.check({ target: 'main', reason: 'privacy' }))
    const trail = await readTrail(inOne((await bundleOf(repo)).file))
    const { atoms } = readTimeline(trail.objects, trail.objectIds)
    expect(atoms.filter(({ header }) => readBody(trail.objects, header) === undefined)).toHaveLength(1)
  })
})
