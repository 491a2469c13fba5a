import { AtomError } from '../../base/errors.js'
import { forget, type ForgetResult } from '../../ops/keep/forget.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import { forgetJson, renderForget } from '../render/forget.js'

export const forgetCommand: Command = defineCommand({
  name: 'forget',
  group: 'keep',
  summary: 'Erase a content or the words of an ATOM, and leave a receipt',
  usage: 'forget (REV | PATH@REV | OBJECT) --reason CODE [--dry-run] | --accept RECEIPT',
  description: 'REV erases the body of an ATOM: title, reason, metadata, evidence, tokens. PATH@REV erases the contents that a file had there, wherever else they are. '
    + 'Ids, links and proofs stay valid. It cannot be undone. Atom id, operation, agent, time, paths and ref names cannot be erased; nor can files that you copied elsewhere, backups and remotes from here.',
  positionals: ['target?'],
  options: {
    reason: text('CODE', 'Why, as a short code that stays for ever: secret, gdpr-17'),
    accept: text('RECEIPT', 'Do here what a receipt from elsewhere says', { conflicts: ['reason'] }),
    dryRun: flag('Only show what shares the bytes', { short: 'n' }),
    yes: flag('Do not ask', { short: 'y' }),
  },
  examples: [
    ['atom forget conf/keys.env@HEAD --reason secret --dry-run', 'every ATOM and path that holds these contents'],
    ['atom forget conf/keys.env@HEAD --reason secret', 'erase them'],
    ['atom forget ATOM-DECISION-20241127-003 --reason gdpr-17', 'the title, the reason and all other words of an ATOM'],
  ],
  perform: async (host, { positionals, options }) => {
    const input = { target: positionals.target, reason: options.reason, accept: options.accept }
    const mustAsk = host.stdin.isTerminal && !options.yes && !options.dryRun
    const result = await host.runOperation(forget, { ...input, dryRun: options.dryRun || mustAsk }) as ForgetResult
    if (host.output.isJson) await host.output.json(forgetJson(result))
    else for (const line of renderForget(result)) await host.output.line(line)
    if (mustAsk) throw new AtomError('USAGE', 'nothing was erased yet, because it cannot be undone', { data: { option: 'yes' }, hint: 'the same command with --yes' })
  },
})
