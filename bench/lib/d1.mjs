/** A Cloudflare D1 on this machine: real workerd with its SQLite, a Worker in front that speaks the REST API as far as it is used. */
import { Miniflare } from 'miniflare'

export const D1_URL = `d1:${'0'.repeat(32)}/00000000-0000-4000-8000-000000000000`

const SCRIPT = `export default {
  async fetch(request, env) {
    const { batch } = await request.json()
    try {
      const results = await env.DB.batch(batch.map(({ sql, params }) => env.DB.prepare(sql).bind(...params)))
      return Response.json({ success: true, errors: [], messages: [], result: results.map(({ results, meta }) => {
        const columns = Object.keys(results[0] ?? {})
        return { success: true, meta, results: { columns, rows: results.map((row) => columns.map((column) => row[column])) } }
      }) })
    } catch (error) {
      return Response.json({ success: false, errors: [{ code: 7500, message: error.message }], messages: [], result: null }, { status: 400 })
    }
  },
}`

/** Starts an empty database; returns what a process needs to find it, what counts its rows, and what ends it. */
export async function startD1() {
  const miniflare = new Miniflare({ modules: true, script: SCRIPT, d1Databases: { DB: 'bench' }, compatibilityDate: '2026-01-01' })
  const base = String(await miniflare.ready)
  return {
    env: { CLOUDFLARE_API_BASE_URL: base, ATOM_D1_TOKEN: 'bench' },
    async count(table) {
      const response = await fetch(base, { method: 'POST', body: JSON.stringify({ batch: [{ sql: `SELECT count(*) AS count FROM ${table}`, params: [] }] }) })
      return (await response.json()).result[0].results.rows[0][0]
    },
    stop: () => miniflare.dispose(),
  }
}
