import { expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import { fsckCommand } from '../../src/cli/commands/fsck.js'
import { sealContent } from '../../src/store/content.js'
import { objectKey } from '../../src/store/keys.js'
import { readObject } from '../../src/store/objects.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { aHistory } from '../helpers/small-history.js'

it('names what dangles, and is judged by errors alone', async () => {
  const repo = await aHistory()
  const loose = sealContent(utf8('nobody needs this'))
  await repo.writer.putAhead(loose.objects)
  const { stdout, exitCode } = await runInProcess(fsckCommand, [], { runOperation: answersOf(repo) })
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(new RegExp(`^dangling \\S+ ${loose.id.slice(2)}\nok [\\d,]+ objects, [\\d,]+ bytes\n$`))])
  expect((await runInProcess(fsckCommand, ['--dangling'], { runOperation: answersOf(repo) })).stdout.trimEnd().split('\n')).toHaveLength(1)
  await repo.store.write({ puts: [], deletes: [objectKey(readObject(repo.objects, repo.index.node(3).id, 'atom').body)] }, 'sync')
  const broken = await runInProcess(fsckCommand, ['--json'], { runOperation: answersOf(repo) })
  expect([broken.exitCode, JSON.parse(broken.stdout)]).toEqual([1, expect.objectContaining({ ok: false, dangling_count: 1, findings: [expect.objectContaining({ severity: 'error', code: 'link-missing' })] })])
})
