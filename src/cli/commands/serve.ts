import { once } from 'node:events'
import { defineCommand, integer, type Command } from '../command.js'

export const serveCommand: Command = defineCommand({
  name: 'serve',
  group: 'exchange',
  summary: 'Let this store be read across HTTP on this machine',
  description: 'Listens on 127.0.0.1 alone until Ctrl-C, and shows a URL and a token that reads everything in the store while it runs. `ATOM_TOKEN=… atom clone URL`, fetch and pull take from it; scripts ask GET /atoms, /atoms/ID, /verify and /stats with Authorization: Bearer TOKEN. '
    + 'Nothing can be written to it. The token is new each time and kept nowhere; without it nobody is answered, and no page in a browser is. The store is held only while a request is answered.',
  options: { port: integer('N', 'The port, instead of any that is free') },
  examples: [['atom serve', 'a URL and a token for another folder or user of this machine; Ctrl-C ends it']],
  perform: async (host, { options }) => {
    const { serveStore } = await import('../../app/serve.js')
    await using serving = await serveStore(options.port ?? 0, host.context)
    const { url, token } = serving
    if (host.output.isJson) await host.output.json({ url, token, role: 'reader' })
    else {
      await host.output.line([['key', 'url  '], ['plain', ' '], ['value', url]])
      await host.output.line([['key', 'token'], ['plain', ' '], ['value', token]])
      host.output.note([['plain', 'for reading alone, on this machine, until Ctrl-C']])
    }
    if (!host.signal.aborted) await once(host.signal, 'abort')
    return 0
  },
})
