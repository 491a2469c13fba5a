import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { getPathProblem } from '../../../src/trail/paths.js'
import { EMPTY_TREE } from '../../../src/tree/read.js'
import { suitePath } from '../../helpers/suites.js'
import { aBench, clearBenches, type Files } from '../../helpers/worktree.js'

clearBenches()

const suite = suitePath('sec-blns')

describe.skipIf(suite === undefined)('naughty strings as names of files', () => {
  it('are captured, laid out and listed, each as it is', async () => {
    const bench = aBench()
    const strings = JSON.parse(readFileSync(join(suite ?? '', 'blns.json'), 'utf8')) as string[]
    const names = [...new Set(strings.map((text) => text.replaceAll('/', '\u2215').normalize('NFC')))]
      .filter((name) => getPathProblem(name) === undefined && Buffer.byteLength(name) <= 255 && !name.toLowerCase().startsWith('.atom'))
    expect(names.length).toBeGreaterThan(400)
    const files: Files = Object.fromEntries(names.map((name, index) => [`project/${name}`, `naughty ${String(index)}`]))
    const tree = await bench.tree(files)
    const steps = await bench.layOut(EMPTY_TREE.id, tree)
    expect(steps.filter(({ obstacle }) => obstacle !== undefined)).toEqual([])
    expect(await bench.worktree.changes(bench.source, tree, { untracked: 'show' })).toEqual([])
    const listed = await bench.worktree.list('project')
    expect([...listed].sort()).toEqual(Object.keys(files).sort())
    expect(await bench.capture(listed)).toBe(tree)
    // As typed from a shell, too: but for what stands for the home folder there.
    for (const name of names.filter((one) => one !== '~' && !one.startsWith('~/'))) expect(bench.worktree.locate(`./${name}`)).toBe(`project/${name}`)
    await bench.layOut(tree, EMPTY_TREE.id)
    expect(bench.read()).toEqual({})
  })
})
