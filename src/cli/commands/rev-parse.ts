import { AtomError } from '../../base/errors.js'
import { digestOf } from '../../codec/object-id.js'
import { findFolder } from '../../app/folder.js'
import { revParse, type RevParseInput, type RevParseItem } from '../../ops/prove/rev-parse.js'
import { defineCommand, flag, integer, type Command } from '../command.js'
import type { Host } from '../host.js'

const SHORT_DIGITS = 10

export const revParseCommand: Command = defineCommand({
  name: 'rev-parse',
  group: 'prove',
  summary: 'Show what revisions stand for',
  positionals: ['revs...?'],
  options: {
    verify: flag('Fail unless it is exactly one object'),
    short: flag('As few digits as are unambiguous, 10 at least'),
    digits: integer('N', 'With --short: N digits at least', { min: 4 }),
    cid: flag('As CIDs', { conflicts: ['short'] }),
    abbrevRef: flag('The name of the ref: main', { conflicts: ['short', 'cid'] }),
    symbolicFullName: flag('The full name of the ref: refs/heads/main', { conflicts: ['short', 'cid', 'abbrevRef'] }),
    showToplevel: flag('The folder of the project'),
    atomDir: flag('The folder of the store'),
  },
  examples: [
    ['atom rev-parse HEAD', 'the id of the newest ATOM'],
    ['atom rev-parse --short main~3 v1', 'several, short'],
    ['atom rev-parse --abbrev-ref HEAD', 'the current branch'],
    ['atom rev-parse --show-toplevel', 'where the project begins'],
  ],
  perform: async (host, { positionals, options }) => {
    const folder = options.showToplevel || options.atomDir ? findFolder(host.context) : undefined
    if (options.showToplevel) await print(host, folder?.root ?? noTop())
    if (options.atomDir) await print(host, folder?.path ?? '')
    const items = await parseAll(host, { revs: positionals.revs, form: formOf(options), ...(options.short && { shortDigits: options.digits ?? SHORT_DIGITS }) })
    if (options.verify && items.length !== 1) throw new AtomError('USAGE', `--verify takes exactly one revision, and this is ${String(items.length)}`, { data: { option: 'verify' } })
    for (const item of items) await printItem(host, item)
  },
})

function formOf({ cid, abbrevRef, symbolicFullName }: { readonly cid: boolean; readonly abbrevRef: boolean; readonly symbolicFullName: boolean }): RevParseInput['form'] {
  if (cid) return 'cid'
  if (abbrevRef) return 'abbrev-ref'
  return symbolicFullName ? 'full-ref' : undefined
}

async function parseAll(host: Host, input: RevParseInput): Promise<readonly RevParseItem[]> {
  const items: RevParseItem[] = []
  if (input.revs.length === 0) return items
  for await (const item of await host.runOperation(revParse, input) as AsyncIterable<RevParseItem>) items.push(item)
  return items
}

async function printItem(host: Host, { isExcluded, text, object }: RevParseItem): Promise<void> {
  if (host.output.isJson) await host.output.json({ text, object: object === undefined ? null : digestOf(object), excluded: isExcluded })
  else await host.output.line([['id', `${isExcluded ? '^' : ''}${text}`]])
}

async function print(host: Host, path: string): Promise<void> {
  if (host.output.isJson) await host.output.json({ path })
  else await host.output.line([['path', path]])
}

function noTop(): never {
  throw new AtomError('USAGE', 'the machine-wide store has no project folder', { data: { option: 'show-toplevel' }, hint: 'atom rev-parse --atom-dir' })
}
