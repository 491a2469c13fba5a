import { defineCommand, type Command } from '../command.js'
import { VERSION } from '../version.js'

export const versionCommand: Command = defineCommand({
  name: 'version',
  group: 'start',
  summary: 'Show the version',
  examples: [['atom version', 'the version of this program'], ['atom --version --json', 'with the Node it runs on']],
  perform: async ({ output }) => {
    if (output.isJson) await output.json({ version: VERSION, node: process.versions.node, platform: `${process.platform}-${process.arch}` })
    else await output.text(`atom ${VERSION}\n`)
  },
})
