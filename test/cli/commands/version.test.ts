import { expect, it } from 'vitest'
import { versionCommand } from '../../../src/cli/commands/version.js'
import { VERSION } from '../../../src/cli/version.js'
import { runInProcess } from '../../helpers/cli.js'

it('says the version, for people and for programs', async () => {
  expect((await runInProcess(versionCommand, [])).stdout).toBe(`atom ${VERSION}\n`)
  expect(JSON.parse((await runInProcess(versionCommand, ['--json'])).stdout)).toEqual({ version: VERSION, node: process.versions.node, platform: `${process.platform}-${process.arch}` })
})
