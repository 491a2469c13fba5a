/** Lays the settings of files under a caller's environment, so that whoever runs the call, here or in an owner, sees the same. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { AppContext } from '../context.js'
import type { Config } from './config.js'
import { getFolder, userConfigFile } from '../folder.js'

/** Who acts where neither the environment nor a detected client says so. */
export const CONFIGURED_AGENT = 'ATOM_CONFIG_AGENT'
/** Scopes that the user's own file lets be written without `--scope`, separated by commas. */
export const CONFIGURED_SCOPES = 'ATOM_CONFIG_SCOPES'

/** The remotes that `push.auto` sends to, separated by commas. */
export const CONFIGURED_PUSH = 'ATOM_CONFIG_PUSH'

/** Returns the context with the settings that use cases look at. Reads nothing where there is no file, and loads no parser then. */
export async function withSettings<Context extends AppContext>(context: Context): Promise<Context> {
  const folder = getFolder(context)
  const hasStoreFile = folder !== undefined && holdsText(join(folder.path, 'config.toml'))
  const { [CONFIGURED_AGENT]: agent, [CONFIGURED_SCOPES]: scopes, [CONFIGURED_PUSH]: push, ...env } = context.env
  const isClean = agent === undefined && scopes === undefined && push === undefined
  if (!hasStoreFile && !holdsText(userConfigFile(context.env))) return isClean ? context : { ...context, env }
  const { readConfig } = await import('./config.js')
  const config = await readConfig(env, folder?.path)
  for (const { key, source } of config.ignored) context.reporter.warn(`${key} in ${source} does not count there: set it with atom config --user`)
  const agentSetting = config.get('agent')
  const scopesSetting = config.get('scopes')
  const pushed = pushedRemotes(config)
  return {
    ...context,
    env: {
      ...env,
      ...(agentSetting !== undefined && agentSetting.origin !== 'environment' && { [CONFIGURED_AGENT]: String(agentSetting.value) }),
      ...(Array.isArray(scopesSetting?.value) && { [CONFIGURED_SCOPES]: scopesSetting.value.join(',') }),
      ...(pushed.length > 0 && { [CONFIGURED_PUSH]: pushed.join(',') }),
    },
  }
}

/** Returns the remotes that are sent to after every ATOM: none unless the user's own settings say so. */
function pushedRemotes(config: Config): readonly string[] {
  if (config.get('push.auto')?.value !== true) return []
  const wanted = config.get('push.remotes')?.value
  return config.all().flatMap(({ key }) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []).filter((name) => !Array.isArray(wanted) || wanted.includes(name))
}

/** Tells whether a file is there and not empty, as that of a new store is. */
function holdsText(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0
}
