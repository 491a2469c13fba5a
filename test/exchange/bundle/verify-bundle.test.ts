import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { digestOf, type Digest, type ObjectId } from '../../../src/codec/object-id.js'
import { carBlock, carHeader, readCar } from '../../../src/exchange/bundle/car.js'
import { verifyBundle, type BundleVerifyResult, type ExpectedRef } from '../../../src/exchange/bundle/verify-bundle.js'
import { encodeRefs } from '../../../src/object/refs.js'
import { seal } from '../../../src/object/seal.js'
import { resolveRef } from '../../../src/refs/ref.js'
import { bundleOf, openBytes } from '../../helpers/bundles.js'
import { seededRandom } from '../../helpers/memory-repo.js'
import { streamOf } from '../../helpers/remote-objects.js'
import { aHistory } from '../../helpers/small-history.js'

const verify = async (file: Uint8Array, expected: readonly ExpectedRef[] = []): Promise<BundleVerifyResult> =>
  verifyBundle(await openBytes(file), { random: seededRandom('verify'), reporter: silentReporter, signal: new AbortController().signal }, expected)
const statusOf = ({ claims }: BundleVerifyResult): Record<string, string> => Object.fromEntries(claims.map(({ claim, status }) => [claim, status]))

describe('the verification of a bundle', () => {
  it('proves what the heads commit to, and says that the heads themselves are not proved', async () => {
    const { file, result } = await bundleOf(await aHistory())
    const found = await verify(file)
    expect(found).toMatchObject({ ok: true, atoms: 6, findings: [], root: digestOf(result.root), needs: [] })
    expect(statusOf(found)).toMatchObject({ 'the history is whole and in order': 'proved', 'these are the original heads': 'not-provable', 'who the agent was': 'not-provable' })
  })

  it('proves the heads too when all of them were noted elsewhere', async () => {
    const repo = await aHistory()
    const { file } = await bundleOf(repo)
    const at = (ref: string): Digest => digestOf(resolveRef(repo.store, ref) as ObjectId)
    const [main, side] = [{ ref: 'main', digest: at('refs/heads/main') }, { ref: 'refs/heads/side', digest: at('refs/heads/side') }]
    expect(statusOf(await verify(file, [main, side]))['these are the original heads']).toBe('proved')
    expect(statusOf(await verify(file, [main]))['these are the original heads']).toBe('conditional')
    const wrong = await verify(file, [{ ref: 'main', digest: side.digest }, { ref: 'gone', digest: side.digest }])
    expect([wrong.ok, wrong.findings.map(({ code }) => code), statusOf(wrong)['these are the original heads']]).toEqual([false, ['expected-ref', 'expected-ref'], 'not-provable'])
  })

  it('finds what is linked to and not there, and does not miss what the bundle says it builds on', async () => {
    const repo = await aHistory()
    const part = await bundleOf(repo, { refs: ['main'], since: 'side~1' })
    const found = await verify(part.file)
    expect([found.ok, found.needs, statusOf(found)['what it builds on is whole']]).toEqual([true, [repo.index.node(2).id], 'not-provable'])
    const { blocks } = await readCar(streamOf([(await bundleOf(repo, { refs: ['main'] })).file]), 'x')
    const kept: Uint8Array[] = []
    const refs = seal(encodeRefs(new Map([['refs/heads/main', resolveRef(repo.store, 'refs/heads/main') as ObjectId]])))
    for await (const block of blocks) if (block.id !== repo.index.node(1).id) kept.push(carBlock(block))
    const holed = new Uint8Array(Buffer.concat([carHeader([refs.id]), ...kept]))
    expect((await verify(holed)).findings.map(({ code }) => code)).toEqual(['link-missing'])
  })

  it('finds a branch that points at something else than an ATOM', async () => {
    const repo = await aHistory()
    const body = (await import('../../../src/store/objects.js')).readObject(repo.objects, repo.index.node(1).id, 'atom').body
    const refs = seal(encodeRefs(new Map([['refs/heads/main', body], ['refs/pull/1', body]])))
    const file = new Uint8Array(Buffer.concat([carHeader([refs.id]), carBlock(refs), carBlock({ id: body, bytes: repo.objects.getObject(body) as Uint8Array })]))
    expect((await verify(file)).findings.map(({ code }) => code)).toEqual(['ref-broken', 'ref-name'])
  })
})
