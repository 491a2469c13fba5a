import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { FORMAT_VERSION } from '../../../src/app/folder.js'
import { finishFolder, makeFolder } from '../../../src/app/init.js'
import { openRepo } from '../../../src/app/open.js'
import { runOperation } from '../../../src/app/run.js'
import { serveStore, type Serving } from '../../../src/app/serving/serve.js'
import { STORE_ID_BYTES } from '../../../src/base/limits.js'
import { cidText, digestOf, type ObjectId } from '../../../src/codec/object-id.js'
import { carBlock, carHeader } from '../../../src/exchange/bundle/car.js'
import { openHttpRemote } from '../../../src/exchange/http/http-remote.js'
import { CAR_TYPE } from '../../../src/exchange/http/wire.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { undo } from '../../../src/ops/undo/undo.js'
import { opLog, type OpItem } from '../../../src/ops/undo/op-log.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { verify, type VerifyResult } from '../../../src/ops/prove/verify.js'
import { META } from '../../../src/store/objects.js'
import { remoteSuite } from '../../conformance/remote-suite.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { anExchange } from '../../helpers/exchange.js'
import { hostAt } from '../../helpers/http-endpoint.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { anId } from '../../helpers/objects.js'
import { aLine, streamOf } from '../../helpers/remote-objects.js'
import { contextIn } from '../../fault/kit.js'

const MAIN = 'refs/heads/main'
const running: { readonly folder: string; readonly serving: Serving }[] = []
afterEach(async () => {
  for (const { folder, serving } of running.splice(0)) {
    await serving[Symbol.asyncDispose]()
    expect(readdirSync(join(folder, '.atom', 'run')).filter((name) => name.startsWith('scratch-'))).toEqual([])
    rmSync(folder, { recursive: true, force: true })
  }
})

interface Place { readonly folder: string; readonly context: ReturnType<typeof contextIn>; readonly serving: Serving; open(token?: string): Remote }

/** A store with nothing in it but its id, on which no branch is checked out; served with pushes. */
async function aServedStore(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'atom-serve-'))
  const context = contextIn(folder)
  const path = join(folder, '.atom')
  makeFolder(path)
  {
    await using repo = await openRepo({ path, root: folder }, context, { createIfMissing: 'yes' })
    await repo.store.write({ puts: [[META.format, Uint8Array.of(FORMAT_VERSION)], [META.store, repo.random.bytes(STORE_ID_BYTES)]], deletes: [] }, 'sync')
  }
  finishFolder(path, folder)
  const serving = await serveStore({ pushes: 'taken' }, context)
  running.push({ folder, serving })
  return { folder, context, serving, open: (token = serving.writerToken ?? '') => openHttpRemote(hostAt(serving.url, { token })) }
}

/** The served store's own log is in its refs: nobody put it there. */
const withoutLog = (remote: Remote): Remote => ({
  ...remote,
  async refs() {
    const { refs, head } = await remote.refs()
    return { head, refs: new Map([...refs].filter(([name]) => !name.startsWith('refs/atom/ops/'))) }
  },
})

remoteSuite({
  name: 'a store that is served with pushes, over HTTP',
  make: async () => {
    const { open } = await aServedStore()
    return async () => withoutLog(open())
  },
  supports: { forgetting: 'it erases nothing for others', oddNames: 'a branch cannot be a folder of another one' },
})

const problems = async (place: Place): Promise<readonly string[]> => {
  const { findings } = await runOperation(verify, { revs: [], expect: [], view: false }, place.context) as VerifyResult
  return findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code)
}

describe('a store that takes pushes', () => {
  it('gets the whole trail of another one, and both of two who push at once; an undo takes it back', async () => {
    const place = await aServedStore()
    const pushers = await Promise.all(['ann', 'ben', 'cas'].map(async (seed) => {
      const repo = await aRepo({ seed })
      for (let count = 0; count < 30; count++) {
        repo.worktree.put('a.env', `${seed}=${String(count)}\n`)
        await repo.add({ title: `${seed} ${String(count)}`, files: ['a.env'], branch: seed })
      }
      return { seed, repo }
    }))
    const results = await Promise.all(pushers.map(({ seed, repo }) => anExchange().push(repo, { refs: [seed] }, place.open())))
    expect(results.map(({ refs, refused }) => [refs.length, refused])).toEqual(pushers.map(() => [1, []]))
    // The INIT of each comes with it: no two are the same.
    expect([...(await place.open().refs()).refs.keys()].filter((name) => name.startsWith('refs/heads/'))).toEqual(['refs/heads/ann', 'refs/heads/ben', 'refs/heads/cas'])
    expect(await problems(place)).toEqual(['ref-missing'])
    const back = await aRepo({ seed: 'back', init: 'none' })
    await anExchange().fetch(back, {}, place.open(place.serving.token))
    const ops: OpItem[] = []
    for await (const item of await runOperation(opLog, {}, place.context) as AsyncIterable<OpItem>) ops.push(item)
    expect(new Set(ops.map(({ op }) => op.command))).toEqual(new Set(['serve push']))
    const latest = ops.find(({ op }) => op.changes.some(({ ref }) => ref === 'refs/heads/ann'))
    await runOperation(undo, { operation: digestOf(latest?.id as ObjectId), force: true }, place.context)
    expect([...(await place.open().refs()).refs.keys()]).not.toContain('refs/heads/ann')
  })

  it('lets readers read alone, takes nothing loose from scripts, and erases nothing for others', async () => {
    const place = await aServedStore()
    const line = aLine(2)
    expect(await codeOfAsync(() => place.open(place.serving.token).put(streamOf(line.objects)))).toBe('REMOTE_AUTH')
    const car = await fetch(`${place.serving.url}/atom/sync`, { method: 'POST', body: Buffer.concat([carHeader([]), ...line.objects.map(carBlock)]), headers: { 'authorization': `Bearer ${place.serving.writerToken ?? ''}`, 'content-type': CAR_TYPE } })
    expect([car.status, await car.text()]).toEqual([422, expect.stringContaining('push to it') as unknown])
    const repo = await aRepo({ seed: 'forgets' })
    const { atom } = await repo.add({ title: 'my secret' })
    const exchange = anExchange()
    await exchange.push(repo, {}, place.open())
    await forget.run(repo, forget.check({ target: digestOf(atom.id), reason: 'privacy', dryRun: false }))
    const warnings: string[] = []
    const again = openHttpRemote(hostAt(place.serving.url, { token: place.serving.writerToken ?? '', context: { signal: new AbortController().signal, reporter: { warn: (text) => { warnings.push(text) }, progress: () => undefined } } }))
    expect(await exchange.push(repo, {}, again)).toMatchObject({ refused: [] })
    expect(warnings).toEqual([expect.stringContaining('atom forget --accept')])
    expect(await again.missing([atom.header.body])).toEqual([])
    warnings.length = 0
    expect(await exchange.push(repo, {}, again)).toMatchObject({ refused: [] })
    expect(warnings).toEqual([])
  })

  it('is told lies: wrong bytes, refs to nothing, contents that are not there; all is as it was', async () => {
    const place = await aServedStore()
    const line = aLine(3)
    const [, , third] = line.atoms as [ObjectId, ObjectId, ObjectId]
    const remote = place.open()
    const [first, ...rest] = line.objects
    expect(await codeOfAsync(() => remote.put(streamOf([{ id: line.objects[1]?.id as ObjectId, bytes: first?.bytes as Uint8Array }])))).toBe('REMOTE_REFUSED')
    await remote.put(streamOf(rest.filter((_, at) => at !== 0)))
    const [outcome] = await remote.updateRefs([{ ref: MAIN, expected: undefined, next: third }])
    expect(outcome?.refused?.code).toBe('LINK_MISSING')
    expect((await remote.updateRefs([{ ref: 'refs/heads/x', expected: undefined, next: anId('nothing') }]))[0]?.refused?.code).toBe('LINK_MISSING')
    expect((await remote.refs()).refs).toEqual(new Map())
    const { value } = await (await fetch(`${place.serving.url}/stats`, { headers: { authorization: `Bearer ${place.serving.token}` } })).json().then((value: unknown) => ({ value: value as { atoms: number; objects: number } }))
    expect(value).toMatchObject({ atoms: 0, objects: 0 })
    // What came stays until then: only the rest is sent.
    expect(new Set(await remote.missing(line.objects.map(({ id }) => id)))).toEqual(new Set([rest[0]?.id]))
    await remote.put(streamOf(line.objects))
    expect((await remote.updateRefs([{ ref: MAIN, expected: undefined, next: third }]))[0]?.refused).toBeUndefined()
    expect(cidText(third)).toMatch(/^bafy/)
    expect(await problems(place)).toEqual(['ref-missing'])
  })
})
