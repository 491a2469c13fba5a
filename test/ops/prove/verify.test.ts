import { describe, expect, it } from 'vitest'
import { cidText } from '../../../src/codec/object-id.js'
import { verify } from '../../../src/ops/prove/verify.js'
import { objectKey } from '../../../src/store/keys.js'
import { readObject } from '../../../src/store/objects.js'
import { run } from '../../helpers/branches.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

describe('verify', () => {
  it('of revisions judges what they reach, and nothing else', async () => {
    const repo = await aHistory()
    const onMain = readObject(repo.objects, repo.index.node(3).id, 'atom').body
    await repo.store.write({ puts: [], deletes: [objectKey(onMain)] }, 'sync')
    const [side, all] = [await run(repo, verify, { revs: ['side'] }), await run(repo, verify, {})]
    expect([side.ok, side.atoms, all.ok, all.atoms]).toEqual([true, 4, false, 6])
  })

  it.each(['digest', 'cid', 'signature'] as const)('takes an id noted elsewhere as a %s: there, or not', async (form) => {
    const repo = await aHistory()
    const { id, digest } = repo.index.node(4)
    const noted = form === 'cid' ? cidText(id) : form === 'signature' ? `sha256:${digest}` : digest
    expect((await run(repo, verify, { expect: [noted] })).ok).toBe(true)
    expect((await run(await aRepo(), verify, { expect: [noted] })).ok).toBe(false)
  })

  it('refuses a prefix: it would prove little', async () => {
    const repo = await aHistory()
    for (const text of [repo.index.node(4).digest.slice(0, 40), 'HEAD', 'bafybad', '']) expect(await codeOfAsync(async () => run(repo, verify, { expect: [text] })), text).toMatch(/USAGE|INPUT_INVALID/)
  })
})
