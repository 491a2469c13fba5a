import { expect, test } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { createImportedTrail } from '../../../src/ops/transfer/imported-trail.js'
import { getInitBranch } from '../../../src/ops/transfer/imported-refs.js'
import { createRefusedBranch, type KeptRefusals } from '../../../src/ops/transfer/refused-branch.js'
import { verify } from '../../../src/ops/prove/verify.js'
import { recordDraft } from '../../../src/ops/record/record-draft.js'
import type { Repo } from '../../../src/ops/repo.js'
import { bareRepo } from '../../helpers/bare-repo.js'

async function refuse(repo: Repo, texts: readonly string[]): Promise<KeptRefusals> {
  const branch = createRefusedBranch(repo, { trail: createImportedTrail(repo, 'import'), name: 'jsonl', command: 'import jsonl' })
  for (const [index, text] of texts.entries()) {
    branch.add({ file: 'a.jsonl', line: index + 1, reason: 'wrong', raw: utf8(text) })
    await branch.settle()
  }
  return branch.land()
}

test('a branch of its own grows with each import, and no INIT is less alone for it', async () => {
  const repo = await bareRepo()
  expect(await refuse(repo, [])).toEqual({ atoms: 0, taken: 0, ref: undefined })
  expect(await refuse(repo, ['one'])).toEqual({ atoms: 1, taken: 1, ref: 'refs/heads/refused/jsonl' })
  expect(await refuse(repo, ['one'])).toEqual({ atoms: 1, taken: 0, ref: 'refs/heads/refused/jsonl' })
  expect(await refuse(repo, ['one', 'two'])).toEqual({ atoms: 1, taken: 1, ref: 'refs/heads/refused/jsonl' })
  expect(await getInitBranch(repo)).toBe('refs/heads/main')
  expect(await verify.run(repo, verify.check({}))).toMatchObject({ ok: true, findings: [] })
})

test('many lines are several ATOMs', async () => {
  const repo = await bareRepo()
  expect(await refuse(repo, Array.from({ length: 2_500 }, (_, index) => `line ${String(index)}`))).toMatchObject({ atoms: 3, taken: 3 })
})

test('a branch with work on it stays', async () => {
  const repo = await bareRepo()
  await recordDraft(repo, { type: 'DOC', agent: 'ann', influencedBy: [], body: { title: 'mine' }, files: new Map(), objects: [], layout: [] }, { ref: 'refs/heads/refused', command: 'add' })
  expect(await refuse(repo, ['one'])).toMatchObject({ taken: 1, ref: 'refs/heads/imported/refused/jsonl' })
})
