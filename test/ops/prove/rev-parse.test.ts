import { beforeAll, describe, expect, it } from 'vitest'
import { cidText } from '../../../src/codec/object-id.js'
import { checkout } from '../../../src/ops/files/checkout.js'
import { revParse, type RevParseInput } from '../../../src/ops/prove/rev-parse.js'
import { run, runAll } from '../../helpers/branches.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import type { MemoryRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

let repo: MemoryRepo
beforeAll(async () => { repo = await aHistory() })

const shown = async (revs: readonly string[], input: Partial<RevParseInput> = {}, from: MemoryRepo = repo): Promise<readonly string[]> =>
  (await runAll(from, revParse, { revs, ...input })).map(({ text, isExcluded }) => `${isExcluded ? '^' : ''}${text}`)
const digests = (...seqs: readonly number[]): readonly string[] => seqs.map((seq) => repo.index.node(seq).digest)

describe('what a word stands for', () => {
  it('is an id, or the ends of a range, as git prints them', async () => {
    const [head, three, four, two] = digests(5, 3, 4, 2)
    expect(await shown(['HEAD', 'side'])).toEqual([head, four])
    expect(await shown(['side..HEAD'])).toEqual([head, `^${four ?? ''}`])
    expect(await shown(['side..'])).toEqual([head, `^${four ?? ''}`])
    expect(await shown(['HEAD^1...side'])).toEqual([three, four, `^${two ?? ''}`])
    expect(await shown(['^side'])).toEqual([`^${four ?? ''}`])
    expect(await shown([':/two needle'])).toEqual([two])
    expect(await shown([])).toEqual([])
  })

  it('can be shown as a CID, or as few digits as tell it apart', async () => {
    expect(await shown(['HEAD'], { form: 'cid' })).toEqual([cidText(repo.index.node(5).id)])
    expect(await shown(['HEAD'], { shortDigits: 10 })).toEqual([repo.index.node(5).digest.slice(0, 10)])
    expect(await shown(['HEAD'], { shortDigits: 1 })).toEqual([repo.index.node(5).digest.slice(0, 4)])
    expect(await shown(['HEAD'], { shortDigits: 99 })).toEqual(digests(5))
  })

  it('can be shown as the name of its ref', async () => {
    expect(await shown(['HEAD', '@', 'side', 'refs/heads/side', 'heads/side'], { form: 'abbrev-ref' })).toEqual(['main', 'main', 'side', 'side', 'side'])
    expect(await shown(['HEAD', 'side'], { form: 'full-ref' })).toEqual(['refs/heads/main', 'refs/heads/side'])
    expect(await shown(['HEAD'], { form: 'full-ref' }, repo.as({ branch: 'refs/heads/side' }))).toEqual(['refs/heads/side'])
    expect(await codeOfAsync(() => shown(['HEAD~1'], { form: 'abbrev-ref' }))).toBe('REVISION_NOT_FOUND')
    const detached = await aHistory()
    await run(detached, checkout, { command: 'checkout', target: 'HEAD', detach: true, scopes: [], force: true, dryRun: false })
    expect(await shown(['HEAD'], { form: 'abbrev-ref' }, detached)).toEqual(['HEAD'])
  })

  it('is refused where it is nothing', async () => {
    expect(await codeOfAsync(() => shown(['HEAD', 'nothing']))).toBe('REVISION_NOT_FOUND')
    expect(await codeOfAsync(() => shown(['HEAD..nothing']))).toBe('REVISION_NOT_FOUND')
  })
})
