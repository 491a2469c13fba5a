import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('shows people where they are and what to type, and programs the same as data', async () => {
  await cli.ok(['init'])
  for (const name of ['a', 'b', 'new\u001b[31m']) writeFileSync(join(cli.project, name), name)
  await cli.ok(['add', 'CFG', 'two files', '--file', 'a', '--file', 'b'])
  writeFileSync(join(cli.project, 'a'), 'edited')
  rmSync(join(cli.project, 'b'))
  expect(await cli.ok(['status'])).toMatchInlineSnapshot(`
    "On branch main
    Last: ATOM-CFG-20260102-002 two files

    Changes not recorded:
      (atom commit -a -m TITLE records them, atom restore --force PATH puts them back)
            modified:   a
            deleted:    b

    Untracked files:
      (atom commit -m TITLE PATH… records them)
            new\\e[31m

    "
  `)
  // Read by a package that is loaded only where there is such a file.
  writeFileSync(join(cli.project, '.gitignore'), 'new*\n')
  expect((JSON.parse(await cli.ok(['status', '--json'])) as { changes: { path: string }[] }).changes.map(({ path }) => path)).toEqual(['.gitignore', 'a', 'b'])
  rmSync(join(cli.project, '.gitignore'))
  const shown = JSON.parse(await cli.ok(['status', '--json'])) as { head: string }
  expect(shown).toEqual({ branch: 'main', head: expect.stringMatching(/^[0-9a-f]{64}$/) as string, changes: [{ path: 'a', change: 'modify' }, { path: 'b', change: 'delete' }, { path: 'new\u001b[31m', change: 'untracked' }], spooled: 0, queued: 0 })
  expect(JSON.parse(await cli.ok(['status', '--json', '-u', 'no', 'b']))).toMatchObject({ changes: [{ path: 'b', change: 'delete' }] })
})
