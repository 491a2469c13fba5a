import { defineCommand, type Command } from '../command.js'

/** The hidden `atom __send`: what `push.auto` starts in the background. */
export const sendCommand: Command = defineCommand({
  name: '__send',
  group: 'exchange',
  summary: 'Send what waits to be pushed',
  hidden: true,
  examples: [['atom __send', 'to the remotes of push.auto']],
  perform: async (host) => {
    const { sendQueued } = await import('../../app/sending/sender.js')
    return await sendQueued(host.context) === 'failed' ? 1 : 0
  },
})
