/** A D1 database as an endpoint serves it, with R2 for large contents where there is a bucket. */
import type { ObjectId } from '../../codec/object-id.js'
import type { Place } from '../endpoint/place.js'
import type { Remote, RemoteObject } from '../remote.js'
import type { D1Query } from './d1-query.js'
import { openD1Register } from './d1-register.js'
import { openD1Remote } from './d1-remote.js'
import { R2Contents, type R2Binding } from './r2-contents.js'
import { readObjects } from './read-objects.js'
import { migrate, readVersion } from './schema.js'

export function openD1Place(query: D1Query, bucket?: R2Binding): Place {
  const contents = bucket === undefined ? undefined : new R2Contents(query, bucket)
  const rows = openD1Remote(query, contents === undefined ? 'in rows' : 'apart')
  const isThere = async (): Promise<boolean> => await readVersion(query) > 0
  return {
    register: openD1Register(query),
    remote: contents === undefined ? rows : withContents(rows, contents, { isThere, make: async () => { await migrate(query, await readVersion(query)) } }),
    async* read(ids) {
      if (!await isThere()) return
      const found = new Set<ObjectId>()
      for await (const object of readObjects(query, ids)) {
        found.add(object.id)
        yield object
      }
      if (contents !== undefined) yield* contents.read(ids.filter((id) => !found.has(id)))
    },
  }
}

interface Tables {
  isThere(): Promise<boolean>
  make(): Promise<void>
}

function withContents(rows: Remote, contents: R2Contents, tables: Tables): Remote {
  return {
    ...rows,
    async missing(ids) {
      const missing = await rows.missing(ids)
      if (missing.length === 0 || !await tables.isThere()) return missing
      const held = await contents.held(missing)
      return missing.filter((id) => !held.has(id))
    },
    async* get(ids, options) {
      const given = new Set<ObjectId>()
      const asked = new Set(ids)
      for await (const object of rows.get(ids, options)) {
        if (asked.has(object.id)) given.add(object.id)
        yield object
      }
      if (await tables.isThere()) yield* contents.read(ids.filter((id) => !given.has(id)))
    },
    async put(objects) {
      await tables.make()
      await rows.put(large(objects, contents))
    },
    async forget(ids) {
      await rows.forget(ids)
      if (await tables.isThere()) await contents.drop(ids)
    },
  }
}

/** Large contents are in R2 before what owns them goes on to its row. */
async function* large(objects: AsyncIterable<RemoteObject>, contents: R2Contents): AsyncIterable<RemoteObject> {
  for await (const object of objects) {
    if (contents.takes(object)) await contents.keep(object)
    else yield object
  }
}
