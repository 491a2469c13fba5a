import { once } from 'node:events'
import { defineCommand, flag, integer, type Command } from '../command.js'

export const serveCommand: Command = defineCommand({
  name: 'serve',
  group: 'exchange',
  summary: 'Let this store be read, and if you say so pushed to, across HTTP on this machine',
  description: 'Listens on 127.0.0.1 alone until Ctrl-C, and shows a URL and a token that reads everything in the store while it runs. `ATOM_TOKEN=… atom clone URL`, fetch and pull take from it; scripts ask GET /atoms, /atoms/ID, /verify and /stats with Authorization: Bearer TOKEN. '
    + 'Nothing can be written to it without --allow-write, which shows a second token, for writers: what they push is judged like what a fetch brings, and their moves of branches and tags are in `atom op log`, so that `atom undo` takes them back. The branch that is checked out here moves only where its files stay as they are, and nothing is erased for others. '
    + 'The tokens are new each time and kept nowhere; without one nobody is answered, and no page in a browser is. The store is held only while a request is answered.',
  options: { port: integer('N', 'The port, instead of any that is free'), allowWrite: flag('Take pushes from whoever has the writer\'s token') },
  examples: [
    ['atom serve', 'a URL and a token for another folder or user of this machine; Ctrl-C ends it'],
    ['atom serve --allow-write', 'and a token with which others push branches of their own'],
  ],
  perform: async (host, { options }) => {
    const { serveStore } = await import('../../app/serving/serve.js')
    await using serving = await serveStore({ pushes: options.allowWrite ? 'taken' : 'refused', ...(options.port !== undefined && { port: options.port }) }, host.context)
    const { url, token, writerToken } = serving
    if (host.output.isJson) await host.output.json({ url, token, role: 'reader', writer_token: writerToken ?? null })
    else {
      await host.output.line([['key', 'url   '], ['plain', ' '], ['value', url]])
      await host.output.line([['key', writerToken === undefined ? 'token ' : 'reader'], ['plain', ' '], ['value', token]])
      if (writerToken !== undefined) await host.output.line([['key', 'writer'], ['plain', ' '], ['value', writerToken]])
      host.output.note([['plain', `${writerToken === undefined ? 'for reading alone' : 'for reading and for pushes'}, on this machine, until Ctrl-C`]])
    }
    if (!host.signal.aborted) await once(host.signal, 'abort')
    return 0
  },
})
