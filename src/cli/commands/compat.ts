/** `atom compat`: answers as atom_mcp_wrapper.js of KENL does, for scripts that call it: the same JSON, and 1 for whatever goes wrong. */
import { AtomError, isAtomError } from '../../base/errors.js'
import type { AddResult } from '../../ops/record/add.js'
import type { LogEntry } from '../../ops/look/log-entry.js'
import type { VerifyResult } from '../../history/verify/check.js'
import { defineCommand, defineGroup, type Command } from '../command.js'
import { explainError } from '../exit.js'
import type { Host } from '../host.js'
import { compatAddInput, compatAtom, compatLogInput, compatRow, compatVerdict, parseArguments } from '../render/compat.js'

/** The wrapper ends with 1 for every error there is. */
async function asWrapper(host: Host, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (!isAtomError(error)) throw error
    for (const line of explainError(error)) host.output.warn(line)
    return 1
  }
}

const tag = defineCommand({
  name: 'tag',
  group: 'read',
  summary: 'Record an operation, as the wrapper\'s tag does',
  description: 'JSON has `operation`, `type` and `metadata`. Of the metadata, `title` and `reason` become those of the ATOM, `influenced_by` what it builds on (what is not here is left out, and stays in the metadata), `context_sync_id` its reference, `token_cost` its tokens.',
  positionals: ['json?'],
  examples: [['atom compat tag \'{"operation":"save_decision","type":"DECISION","metadata":{"title":"Use DXVK 2.4"}}\'', 'record a decision']],
  perform: (host, { positionals }) => asWrapper(host, async () => {
    const request = parseArguments(positionals.json)
    const { add } = await import('../../ops/record/add.js')
    const left = new Set<string>()
    for (;;) {
      try {
        const { atom } = await host.runOperation(add, compatAddInput(request, left)) as AddResult
        await host.output.text(`${JSON.stringify(compatAtom(atom), null, 2)}\n`)
        return 0
      } catch (error) {
        const unknown = unknownInfluence(error)
        if (unknown === undefined || left.has(unknown)) throw error
        left.add(unknown)
      }
    }
  }),
})

/** Returns the revision that names nothing here, or several ATOMs. */
function unknownInfluence(error: unknown): string | undefined {
  if (isAtomError(error, 'REVISION_NOT_FOUND') || isAtomError(error, 'REVISION_SYNTAX')) return error.data.revision
  return isAtomError(error, 'ID_AMBIGUOUS') ? error.data.prefix : undefined
}

const query = defineCommand({
  name: 'query',
  group: 'read',
  summary: 'List ATOMs, newest first, as the wrapper\'s query does',
  description: 'JSON may have `operation`, `agent`, `since` and `limit`. The answer is a list of rows with the columns of atom_trail, `metadata` as a text of JSON. Times are compared as times, whatever zones they are written in.',
  positionals: ['json?'],
  examples: [['atom compat query \'{"operation":"modify_file","limit":10}\'', 'the last ten changes of files']],
  perform: (host, { positionals }) => asWrapper(host, async () => {
    const { log } = await import('../../ops/look/log.js')
    const entries = await host.runOperation(log, compatLogInput(parseArguments(positionals.json))) as AsyncIterable<LogEntry>
    let before = '['
    for await (const { record } of entries) {
      host.signal.throwIfAborted()
      if (record === undefined) continue
      await host.output.text(`${before}\n${JSON.stringify(compatRow(record), null, 2).replace(/^/gm, '  ')}`)
      before = ','
    }
    await host.output.text(before === '[' ? '[]\n' : '\n]\n')
    return 0
  }),
})

const verify = defineCommand({
  name: 'verify',
  group: 'read',
  summary: 'Check the trail, in the wrapper\'s words',
  description: 'Does what `atom verify` does, and says it in the three lines that the wrapper has. `atom verify` also says what no store can prove by itself.',
  positionals: ['json?'],
  examples: [['atom compat verify', 'is it whole?']],
  perform: (host) => asWrapper(host, async () => {
    const operation = (await import('../../ops/prove/verify.js')).verify
    const result = await host.runOperation(operation, {}) as VerifyResult
    for (const line of compatVerdict(result)) await host.output.line(line)
    return result.ok ? 0 : 1
  }),
})

const other = defineCommand({
  name: 'other',
  group: 'read',
  summary: 'Refuse what the wrapper does not know',
  hidden: true,
  positionals: ['words...?'],
  examples: [['atom compat tag --help', 'what it knows']],
  perform: (host, { positionals }) => asWrapper(host, () => {
    throw new AtomError('USAGE', `Unknown command: ${positionals.words[0] ?? 'undefined'}`, { data: { value: positionals.words[0] ?? '' }, hint: 'atom compat tag|query|verify JSON' })
  }),
})

export const compatCommand: Command = defineGroup({
  name: 'compat',
  group: 'read',
  summary: 'Answer as KENL\'s atom_mcp_wrapper.js does',
  description: 'For scripts that call `node atom_mcp_wrapper.js tag|query|verify JSON`: put `atom compat` in its place. docs/from-kenl.md has the other scripts.',
  examples: [
    ['atom compat tag \'{"operation":"test_operation","type":"TEST","metadata":{"source":"manual_test"}}\'', 'record something'],
    ['atom compat query \'{"limit":10}\'', 'the last ten ATOMs'],
    ['atom compat verify', 'is the trail whole?'],
  ],
  subcommands: [tag, query, verify, other],
  defaultSubcommand: 'other',
  otherSubcommand: 'other',
})
