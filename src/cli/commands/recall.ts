import { recall, type RecallAnswer, type RecallInput } from '../../ops/read/recall.js'
import { AtomError } from '../../base/errors.js'
import { defineCommand, flag, integer, type Command } from '../command.js'
import type { Host } from '../host.js'
import { answerJson, answerLines } from '../render/recall.js'

export const recallCommand: Command = defineCommand({
  name: 'recall',
  group: 'read',
  summary: 'Find what the trail knows about a question',
  description: 'Takes a question in plain words and shows the ATOMs that answer it, best first: with what was said, the matching lines of their files as they are, what they were built on, and what became of them: '
    + 'whether they were taken back, build on something that was, or whether the file was changed later. Words are found in titles, reasons, metadata, paths and contents; beginnings of words and small typos are found too. '
    + 'Ends with 1 where nothing is known.',
  usage: 'recall [options] WORDS…',
  positionals: ['words...'],
  options: {
    limit: integer('N', 'Show at most N answers (default 5)', { short: 'n', min: 1, digits: true }),
    full: flag('Show the whole files instead of the matching lines'),
    allProjects: flag('Look in every store that you have opened'),
  },
  examples: [
    ['atom recall "What gaming config did we set up?"', 'before it is set up again'],
    ['atom recall dxvk stutter --full', 'with the files in full'],
    ['atom recall proton --all-projects', 'what any of your projects knows'],
    ['atom recall "why LevelDB" -n 1 --json', 'the best answer, for an agent'],
  ],
  pager: true,
  perform: async (host, { positionals, options }) => {
    const words = positionals.words.join(' ').trim()
    if (words === '') throw new AtomError('USAGE', 'there is nothing to look for', { data: {}, hint: 'atom recall "What gaming config did we set up?"' })
    let found = 0
    for await (const { answer, place } of (options.allProjects ? answersEverywhere : answersHere)(host, { words, limit: options.limit, full: options.full })) {
      host.signal.throwIfAborted()
      if (host.output.isJson) await host.output.json(answerJson(answer, place))
      else for (const line of answerLines(answer, found, place)) await host.output.line(line)
      found++
    }
    if (found === 0) host.output.note([['plain', options.allProjects ? 'Nothing in any of your trails answers that.' : 'Nothing in the trail answers that.']])
    return found === 0 ? 1 : 0
  },
})

interface Placed { readonly answer: RecallAnswer; readonly place: string | undefined }

async function* answersHere(host: Host, input: RecallInput): AsyncIterable<Placed> {
  for await (const answer of await host.runOperation(recall, input) as AsyncIterable<RecallAnswer>) yield { answer, place: undefined }
}

async function* answersEverywhere(host: Host, input: RecallInput): AsyncIterable<Placed> {
  const { recallEverywhere } = await import('../../app/data/recall-everywhere.js')
  yield* await recallEverywhere(input, host.context)
}
