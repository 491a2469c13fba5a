import { expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import { gcCommand } from '../../src/cli/commands/gc.js'
import { sealContent } from '../../src/store/content.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { aHistory } from '../helpers/small-history.js'

it('says how much it drops, or would', async () => {
  const repo = await aHistory()
  await repo.writer.putAhead(sealContent(utf8('nobody')).objects)
  const said = async (...words: readonly string[]): Promise<string> => (await runInProcess(gcCommand, words, { runOperation: answersOf(repo) })).stdout
  expect(await said('-n')).toBe('would drop 1 object (0 ATOMs among them), 6 bytes\n')
  expect(JSON.parse(await said('--json'))).toEqual({ dry_run: false, objects: 1, bytes: 6, atoms: 0, pruned_ops: 0 })
  expect(await said()).toBe('dropped 0 objects (0 ATOMs among them), 0 bytes\n')
})
