/** How exchange gets at a remote: `app` knows the settings and the adapters. */
import type { Remote, RemoteContext } from '../remote.js'

export interface OpenedRemote {
  /** The name it has in the settings; undefined where a URL was given: then nothing is remembered of it. */
  readonly name: string | undefined
  readonly remote: Remote
}

/** Opens a remote by its name or URL; without one the only remote, or `origin`. Throws `REMOTE_NOT_FOUND`. */
export type OpenRemote = (nameOrUrl: string | undefined, context: RemoteContext) => Promise<OpenedRemote>
