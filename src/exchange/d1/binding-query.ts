/** D1 from inside a Worker: its binding, as far as it is used. */
import { isAtomError } from '../../base/errors.js'
import { patiently } from '../try-again.js'
import type { RestContext } from './rest-query.js'
import { d1Error } from './d1-errors.js'
import type { D1Query, D1Row } from './d1-query.js'

/** What `env.DB` offers: a part of Cloudflare's `D1Database`. */
export interface D1Binding {
  prepare(sql: string): D1Prepared
  batch(statements: D1Prepared[]): Promise<readonly { readonly results: readonly unknown[] }[]>
}

export interface D1Prepared {
  bind(...values: unknown[]): D1Prepared
}

export function openBindingQuery(binding: D1Binding, context: RestContext, location = 'D1'): D1Query {
  return {
    location,
    run: (statements) => patiently(async () => {
      try {
        const results = await binding.batch(statements.map(({ sql, params }) => binding.prepare(sql).bind(...params)))
        return results.map((result) => result.results as readonly D1Row[])
      } catch (error) {
        if (!(error instanceof Error) || isAtomError(error)) throw error
        throw d1Error(location, error.message)
      }
    }, { ...context, location }),
  }
}
