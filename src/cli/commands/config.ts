import { join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { defineCommand, flag, type Command } from '../command.js'
import type { Setting } from '../../app/settings/config.js'
import type { Host } from '../host.js'
import type { Line } from '../terminal/output.js'

export const configCommand: Command = defineCommand({
  name: 'config',
  group: 'start',
  summary: 'Show or change settings',
  description: 'Settings come from your own file, then from the store\'s, then from the environment; the last one wins. What runs programs, writes outside the project or sends data counts only in your own file. '
    + 'A secret (d1.token, http.URL.token) is given as -, and read from stdin: so it stands in no history of a shell. It is never shown.',
  positionals: ['key?', 'value?'],
  options: {
    user: flag('Your own file, for all stores'),
    global: flag('The same, as git calls it'),
    get: flag('Show one setting, which a KEY alone means anyway'),
    unset: flag('Remove the setting'),
    list: flag('Show all settings and where they come from', { short: 'l' }),
  },
  examples: [
    ['atom config', 'show all settings and where they come from'],
    ['atom config agent qwen', 'set who acts, in this store'],
    ['atom config --user safe.directory /srv/shared/.atom', 'let this store of another user be opened'],
    ['atom config --user http.https://trail.example.org.token -', 'who you are at that endpoint, for all stores; the token is read from stdin'],
  ],
  perform: async (host, { positionals, options }) => {
    const { knownSetting, readConfig, SETTING_KEYS } = await import('../../app/settings/config.js')
    const { getFolder } = await import('../../app/folder.js')
    const { key, value } = positionals
    if (key !== undefined && (value !== undefined || options.unset)) {
      await change(host, { key, value: options.unset ? undefined : value, file: options.user || options.global ? 'user' : 'store' })
      return 0
    }
    if (key !== undefined) checkKey(key, knownSetting(key), SETTING_KEYS)
    const config = await readConfig(host.env, getFolder(host.context)?.path)
    const shown = key === undefined ? config.all() : [config.get(key)].filter((setting) => setting !== undefined)
    if (key !== undefined && shown.length === 0) throw new AtomError('CONFIG_INVALID', `${key} is not set`, { data: { file: '', key, reason: 'not set' }, hint: `atom config ${key} VALUE` })
    for (const setting of shown) {
      if (host.output.isJson) await host.output.json({ key: setting.key, value: setting.value, origin: setting.origin, source: setting.source })
      else await host.output.line(key === undefined ? settingLine(setting) : [['value', format(setting)]])
    }
    for (const setting of config.ignored) host.output.warn([['warn', 'warning: '], ['key', setting.key], ['plain', ` in ${setting.source} does not count there: set it in your own file (atom config --user)`]])
    return 0
  },
})

async function change(host: Host, { key, value, file }: { readonly key: string; readonly value: string | undefined; readonly file: 'user' | 'store' }): Promise<void> {
  const { knownSetting, writeSetting } = await import('../../app/settings/config.js')
  const { findFolder, userConfigFile } = await import('../../app/folder.js')
  const isSecret = knownSetting(key)?.isSecret === true
  if (file === 'store' && isSecret) throw new AtomError('USAGE', `${key} is a secret: it stands in your own file only`, { data: { value: key }, hint: `atom config --user ${key} -` })
  await writeSetting({ key, value: isSecret && value === '-' ? await readSecret(host, key) : value, file: file === 'user' ? userConfigFile(host.env) : join(findFolder(host.context).path, 'config.toml') })
}

const SECRET_MAX_BYTES = 65_536

/** Returns the first line of stdin. */
async function readSecret(host: Host, key: string): Promise<string> {
  if (host.stdin.isTerminal) host.output.note([['plain', `type the value of ${key}, then Enter and Ctrl-D`]])
  const [line = ''] = new TextDecoder().decode(await host.stdin.bytes(SECRET_MAX_BYTES)).split('\n')
  if (line.trim() === '') throw new AtomError('USAGE', `stdin held no value for ${key}`, { data: { value: key }, hint: `atom config --user ${key} - < FILE` })
  return line.trim()
}

function checkKey(key: string, known: unknown, keys: readonly string[]): void {
  if (known !== undefined) return
  throw new AtomError('CONFIG_INVALID', `there is no setting ${key}; there are ${keys.join(', ')}`, { data: { file: '', key, reason: 'no such setting' }, hint: 'atom help config' })
}

function settingLine(setting: Setting): Line {
  return [['key', setting.key], ['plain', ' = '], ['value', format(setting)], ['dim', `  (${setting.source})`]]
}

function format({ value }: Setting): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}
