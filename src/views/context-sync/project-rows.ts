/** Which row of `projects` the rows of a project belong to: a server's where there is one, so that the server shows them; else one of our own. The store's own project comes first. */
import { CLAIMS } from '../../ops/transfer/context-sync/synced-row.js'
import type { Connection } from '../sqlite/database.js'
import type { Staged, WantedProject } from './staging.js'
import type { Target } from './target.js'

export interface ResolvedProjects {
  /** Key of a project → id of its row. */
  readonly ids: ReadonlyMap<string, string>
  /** Ids of all rows that there are in the end. */
  readonly known: ReadonlySet<string>
  /** Ids of rows that are there and that no export wrote. */
  readonly servers: ReadonlySet<string>
  readonly projects: readonly { readonly name: string; readonly path: string | undefined }[]
}

/** Takes rows out of temp.wanted for which a server has one. */
export function resolveProjects(connection: Connection, { tables, hasClaims }: Target, staged: Staged): ResolvedProjects {
  const ids = new Map<string, string>()
  const projects: { readonly name: string; readonly path: string | undefined }[] = []
  for (const project of staged.projects) {
    const found = (tables.has('projects') ? findThere(connection, project) : undefined) ?? findImported(connection, project)
    const path = project.path ?? found?.path
    // Servers from v0.6 on find a project by its folder: what has none is shown with the store's own.
    const id = path === undefined && project.key !== '' ? ids.get('') ?? project.derivedId : found?.id ?? project.derivedId
    ids.set(project.key, id)
    projects.push({ name: project.name, path })
    if (id !== project.derivedId) connection.prepare('DELETE FROM temp.wanted WHERE tbl = \'projects\' AND id = ? AND kind = \'project\'').run([project.derivedId])
  }
  const known = new Set(connection.prepare('SELECT id FROM temp.wanted WHERE tbl = \'projects\'').all().map(([id]) => String(id)))
  const there = tables.has('projects') ? connection.prepare('SELECT id FROM projects WHERE id IS NOT NULL').all().map(([id]) => String(id)) : []
  for (const id of there) known.add(id)
  const servers = hasClaims ? connection.prepare(`SELECT id FROM projects WHERE id IS NOT NULL AND id NOT IN (SELECT row_id FROM ${CLAIMS} WHERE table_name = 'projects')`).all().map(([id]) => String(id)) : [...there]
  return { ids, known, servers: new Set(servers), projects }
}

interface FoundProject { readonly id: string; readonly path: string | undefined }

/** v2 asks by path, and takes the first. Only where we do not know the path the name has to do. */
function findThere(connection: Connection, { path, name }: WantedProject): FoundProject | undefined {
  const [row] = path === undefined
    ? connection.prepare('SELECT id, path FROM projects WHERE name = ? AND id IS NOT NULL ORDER BY path IS NULL, rowid LIMIT 1').all([name])
    : connection.prepare('SELECT id, path FROM projects WHERE path = ? AND id IS NOT NULL ORDER BY rowid LIMIT 1').all([path])
  return row && { id: String(row[0]), path: row[1] === null ? undefined : String(row[1]) }
}

function findImported(connection: Connection, { path, name }: WantedProject): FoundProject | undefined {
  const column = path === undefined ? 'name' : 'path'
  const [row] = connection.prepare(`SELECT id, cells ->> 'path' FROM temp.wanted WHERE tbl = 'projects' AND kind = 'raw' AND cells ->> '${column}' = ? ORDER BY seq LIMIT 1`).all([path ?? name])
  return row && { id: String(row[0]), path: row[1] === null || row[1] === undefined ? undefined : String(row[1]) }
}
