/** The Worker as it is built, on a real workerd with D1 and R2. */
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import type { D1Binding } from '../../src/exchange/d1/binding-query.js'
import { formatTokens } from '../../src/exchange/endpoint/tokens.js'
import { ROOT } from '../architecture/sources.js'
import { ENTRIES } from './http-endpoint.js'

export interface RunningWorker extends AsyncDisposable {
  readonly url: string
  sql(text: string, ...params: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  /** D1 past the Worker. */
  readonly database: D1Binding
  /** The keys in R2. */
  keys(): Promise<readonly string[]>
  /** Puts other bytes under a key of R2, past everything. */
  replace(key: string, bytes: Uint8Array): Promise<void>
  /** Empties D1 and R2. */
  clear(): Promise<void>
}

interface Bucket {
  list(): Promise<{ readonly objects: readonly { readonly key: string }[] }>
  put(key: string, bytes: Uint8Array): Promise<unknown>
  delete(keys: readonly string[]): Promise<void>
}

export async function runWorker(bindings: Readonly<Record<string, string>> = { ATOM_TOKENS: formatTokens(ENTRIES) }): Promise<RunningWorker> {
  const miniflare = new Miniflare({
    modules: true, scriptPath: join(ROOT, 'dist/worker/worker.js'), d1Databases: { DB: 'trail' }, r2Buckets: { CONTENTS: 'contents' }, compatibilityDate: '2025-09-01', compatibilityFlags: ['nodejs_compat'], bindings,
    // What it reports is for Cloudflare's log: here it would only stand between the results of tests.
    handleRuntimeStdio: (stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream) => { for (const stream of [stdout, stderr]) stream.resume() },
  } as ConstructorParameters<typeof Miniflare>[0])
  const url = String(await miniflare.ready).replace(/\/$/, '')
  const database = await miniflare.getD1Database('DB')
  const bucket = await miniflare.getR2Bucket('CONTENTS') as unknown as Bucket
  const sql: RunningWorker['sql'] = async (text, ...params) => (await database.prepare(text).bind(...params).all()).results as readonly Record<string, unknown>[]
  const keys = async (): Promise<readonly string[]> => (await bucket.list()).objects.map(({ key }) => key)
  return {
    url, sql, keys, database: database as D1Binding,
    async replace(key, bytes) {
      await bucket.put(key, bytes)
    },
    async clear() {
      const tables = await sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'")
      for (const { name } of tables) await sql(`DROP TABLE "${String(name)}"`)
      const held = await keys()
      if (held.length > 0) await bucket.delete(held)
    },
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  }
}
