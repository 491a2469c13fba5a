import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('takes the file and the revision in either order, as git does', async () => {
  await cli.ok(['init', '--quiet'])
  for (const text of ['one\n', 'one\ntwo\n']) {
    writeFileSync(join(cli.project, 'a.txt'), text)
    await cli.ok(['commit', '-m', 'edit', 'a.txt'])
  }
  const lines = async (...words: readonly string[]): Promise<number> => (await cli.ok(['blame', '--json', ...words])).trim().split('\n').length
  expect(await lines('a.txt')).toBe(2)
  for (const words of [['a.txt', 'HEAD~1'], ['HEAD~1', 'a.txt'], ['HEAD~1', '--', 'a.txt']]) expect(await lines(...words), words.join(' ')).toBe(1)
  expect((await cli.run(['blame'])).stderr).toContain('missing PATH')
  expect((await cli.run(['blame', 'a', 'b', '--', 'c'])).exitCode).toBe(2)
})
