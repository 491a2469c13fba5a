/** Where each agent keeps the transcripts of a project. Read only when the user runs the import. */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'

export interface Surroundings {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The project's root, symlinks resolved. */
  readonly root: string
}

export interface DefaultPlaces {
  /** Folders that hold nothing but this project's. */
  readonly own: readonly string[]
  /** Folders of all projects: a file counts where its session says that it was in this one. */
  readonly shared: readonly string[]
}

type Locate = (around: Surroundings) => DefaultPlaces | Promise<DefaultPlaces>

const LOCATE: Readonly<Record<string, Locate>> = {
  'claude-code': claudePlaces,
  'codex': ({ home, env }) => {
    const folder = env['CODEX_HOME'] ?? join(home, '.codex')
    return { own: [], shared: [join(folder, 'sessions'), join(folder, 'archived_sessions')] }
  },
  'gemini': ({ home, root }) => ({ own: [createHash('sha256').update(root).digest('hex'), basename(root)].map((name) => join(home, '.gemini/tmp', name, 'chats')), shared: [] }),
  'cursor': ({ home, root }) => ({ own: [join(home, '.cursor/projects', dashed(root).replace(/^-+/, ''), 'agent-transcripts')], shared: [] }),
}

/** Returns the places of an agent; undefined where paths have to be given. */
export async function defaultPlaces(agent: string, around: Surroundings): Promise<DefaultPlaces | undefined> {
  return Object.hasOwn(LOCATE, agent) ? LOCATE[agent]?.(around) : undefined
}

function dashed(path: string): string {
  return path.replace(/[^A-Za-z0-9]/g, '-')
}

/** A longer name is cut there, and a hash follows. */
const NAME_MAX_CHARACTERS = 200

async function claudePlaces({ home, env, root }: Surroundings): Promise<DefaultPlaces> {
  const folders = env['CLAUDE_CONFIG_DIR'] !== undefined && env['CLAUDE_CONFIG_DIR'] !== '' ? [env['CLAUDE_CONFIG_DIR']] : [join(home, '.claude'), join(home, '.config/claude')]
  const name = dashed(root)
  const own: string[] = []
  for (const folder of folders) {
    const projects = join(folder, 'projects')
    if (name.length <= NAME_MAX_CHARACTERS) own.push(join(projects, name))
    else own.push(...(await namesIn(projects)).filter((each) => each.startsWith(name.slice(0, NAME_MAX_CHARACTERS))).map((each) => join(projects, each)))
  }
  return { own, shared: [] }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '')) return []
    throw error
  }
}
