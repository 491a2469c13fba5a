import { defineCommand, type Command } from '../command.js'

const FOLDER = 'atom-worker'

export const initWorkerCommand: Command = defineCommand({
  name: 'init-worker',
  group: 'exchange',
  summary: 'Lay out a Cloudflare Worker that keeps a trail',
  description: `Writes worker.js, wrangler.toml, README.md (how to deploy it with wrangler 4) and tokens.txt into DIR, which must be empty or absent (${FOLDER} by default). Makes a token for a reader, a writer and an admin and shows each once: only their hashes are written. `
    + 'A reader reads; a writer also adds, and moves refs; an admin also erases. Nothing is sent anywhere.',
  positionals: ['dir?'],
  examples: [['atom remote init-worker', `a folder ${FOLDER} to deploy from, and three tokens to keep`]],
  perform: async (host, { positionals }) => {
    const { initWorker } = await import('../../app/serving/init-worker.js')
    const { folder, files, tokens } = initWorker(positionals.dir ?? FOLDER, host.context)
    if (host.output.isJson) {
      await host.output.json({ folder, files, tokens })
      return
    }
    host.output.note([['plain', 'wrote '], ['path', folder], ['plain', `: ${files.join(', ')}`]])
    host.output.note([['plain', 'README.md there says how to deploy it. Keep these tokens: they are shown once, and only their hashes were written.']])
    for (const [role, token] of Object.entries(tokens)) await host.output.line([['key', role.padEnd(6)], ['plain', ' '], ['value', token]])
  },
})
