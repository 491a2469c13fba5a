import { expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { fsck } from '../../../src/ops/prove/fsck.js'
import { sealContent } from '../../../src/store/content.js'
import { objectKey } from '../../../src/store/keys.js'
import { readObject } from '../../../src/store/objects.js'
import { run } from '../../helpers/branches.js'
import { aHistory } from '../../helpers/small-history.js'

it('names what nothing names, which is no error, and what is missing, which is one', async () => {
  const repo = await aHistory()
  expect(await run(repo, fsck, {})).toMatchObject({ ok: true, dangling: [], findings: [] })
  const loose = sealContent(utf8('nobody needs this'))
  await repo.writer.putAhead(loose.objects)
  expect(await run(repo, fsck, {})).toMatchObject({ ok: true, danglingCount: 1, dangling: [{ object: digestOf(loose.id) }] })
  await repo.store.write({ puts: [], deletes: [objectKey(readObject(repo.objects, repo.index.node(3).id, 'atom').body)] }, 'sync')
  const broken = await run(repo, fsck, {})
  expect([broken.ok, broken.findings.map(({ code }) => code)]).toEqual([false, ['link-missing']])
})
