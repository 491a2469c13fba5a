import type { Command, CommandEntry } from './words/declaration.js'

/** A command with its subcommands loaded. `path` is how it is called: `bisect start`. */
export interface LoadedCommand {
  readonly path: string
  readonly command: Command
  readonly subcommands: readonly LoadedCommand[]
}

/** Loads every command of a catalogue, hidden ones left out: for completion and the reference. */
export async function loadAll(entries: readonly CommandEntry[], above = ''): Promise<readonly LoadedCommand[]> {
  return await Promise.all(entries.filter((entry) => entry.hidden !== true).map(async (entry) => {
    const command = await entry.load()
    const path = above === '' ? entry.name : `${above} ${entry.name}`
    return { path, command, subcommands: await loadAll(command.subcommands, path) }
  }))
}
