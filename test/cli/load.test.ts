import { expect, it } from 'vitest'
import { loadAll } from '../../src/cli/load.js'
import { SAMPLE } from './sample.js'

it('loads commands with their subcommands, hidden ones left out', async () => {
  const [first] = SAMPLE
  if (first === undefined) throw new TypeError('no sample')
  const loaded = await loadAll([...SAMPLE, { ...first, name: 'secret', hidden: true }])
  expect(loaded.map(({ path }) => path)).toEqual(SAMPLE.map(({ name }) => name))
  expect(loaded.find(({ path }) => path === 'bisect')?.subcommands.map(({ path }) => path)).toEqual(['bisect start', 'bisect log'])
})
