import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEvidence } from '../../../src/cli/words/evidence-words.js'
import { fakeHost } from '../../helpers/cli.js'
import { temporaryFolders } from '../../helpers/git.js'

const newFolder = temporaryFolders()
const valueOf = async (value: string): Promise<unknown> => (await readEvidence(fakeHost({ cwd: newFolder() }).host, 'after', [['fps', value]]))[0]

describe('NAME=VALUE as evidence', () => {
  it.each([
    ['62 FPS', { value: 62, unit: 'FPS' }], ['-3%', { value: -3, unit: '%' }], ['15.5', { value: 15.5 }], ['+0', { value: 0 }], ['12ms', { value: 12, unit: 'ms' }],
    ['3 per 10 min', { value: '3 per 10 min' }], ['0x1f', { value: 0, unit: 'x1f' }], ['fast', { value: 'fast' }], ['', { value: '' }], ['1.2.3', { value: 1.2, unit: '.3' }],
  ])('%s', async (word, expected) => {
    expect(await valueOf(word)).toEqual({ name: 'fps', phase: 'after', ...expected })
  })

  it('is a text however long, also where digits are no number any more', async () => {
    for (const long of ['word '.repeat(1_000), '9'.repeat(400)]) expect(await valueOf(long)).toEqual({ name: 'fps', phase: 'after', value: long })
  })

  it('is a file where there is one by that name, as seen from where the user stands; a folder is none', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, '62'), 'bytes\0')
    mkdirSync(join(cwd, 'dir'))
    const [file, folder] = await readEvidence(fakeHost({ cwd }).host, 'before', [['log', '62'], ['d', 'dir']])
    expect([file, folder]).toEqual([{ name: 'log', phase: 'before', path: '62', content: new Uint8Array(Buffer.from('bytes\0')) }, { name: 'd', phase: 'before', value: 'dir' }])
  })

  it('is stdin for -, and needs a name', async () => {
    const { host } = fakeHost({ stdin: 'piped' })
    expect((await readEvidence(host, 'other', [['dmesg', '-']]))[0]?.content).toEqual(Buffer.from('piped'))
    await expect(readEvidence(host, 'before', [['', 'x']])).rejects.toMatchObject({ code: 'USAGE', hint: '--before NAME=FILE' })
    expect(await readEvidence(host, 'other', [])).toEqual([])
  })
})
