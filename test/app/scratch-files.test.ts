import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openScratchFiles } from '../../src/app/scratch-files.js'
import { concatBytes, utf8 } from '../../src/base/bytes.js'
import { temporaryFolders } from '../helpers/git.js'

const newFolder = temporaryFolders()

it('holds parts beside a file until it is disposed of, for this user only', async () => {
  const folder = newFolder()
  const path = join(folder, 'out.json')
  {
    await using scratch = await openScratchFiles(path)
    for (const text of ['a', 'b']) await scratch.append('one', utf8(text))
    await scratch.append('two', utf8('c'))
    const read = async (part: string): Promise<Uint8Array> => {
      const chunks: Uint8Array[] = []
      for await (const chunk of scratch.read(part)) chunks.push(chunk)
      return concatBytes(chunks)
    }
    expect([await read('one'), await read('two'), await read('none')]).toEqual([utf8('ab'), utf8('c'), utf8('')])
    const [name] = readdirSync(folder)
    expect(statSync(join(folder, name ?? '')).mode & 0o777).toBe(0o700)
  }
  expect([existsSync(path), readdirSync(folder)]).toEqual([false, []])
  await expect(openScratchFiles(join(folder, 'none', 'out.json'))).rejects.toMatchObject({ code: 'ENOENT' })
})
