import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { openBindingQuery, type D1Binding, type D1Prepared } from '../../../src/exchange/d1/binding-query.js'
import type { D1Query } from '../../../src/exchange/d1/d1-query.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'

/** A binding that fails with these messages, one after the other, and then answers what it was asked. */
function failing(...messages: readonly string[]): { readonly query: D1Query; readonly count: () => number } {
  const left = [...messages]
  let count = 0
  const prepare = (sql: string, values: readonly unknown[] = []): D1Prepared & { readonly said: unknown } => ({ bind: (...bound) => prepare(sql, bound), said: { sql, values } })
  const binding: D1Binding = {
    prepare,
    async batch(statements) {
      count++
      const message = left.shift()
      if (message !== undefined) throw new Error(message)
      return statements.map((statement) => ({ results: [(statement as unknown as { readonly said: unknown }).said] }))
    },
  }
  return { query: openBindingQuery(binding, { signal: new AbortController().signal, reporter: silentReporter, firstWaitMs: 1 }), count: () => count }
}

const ASKED = [{ sql: 'SELECT ?1', params: ['a'] }, { sql: 'SELECT 2', params: [] }]

describe('asking D1 in a Worker', () => {
  it('is one batch, asked again after what passes', async () => {
    const { query, count } = failing('D1_ERROR: Network connection lost.', 'D1 DB is overloaded. Requests queued for too long.')
    expect(await query.run(ASKED)).toEqual([[{ sql: 'SELECT ?1', values: ['a'] }], [{ sql: 'SELECT 2', values: [] }]])
    expect(count()).toBe(3)
  })

  it('fails at once with what does not pass', async () => {
    const { query, count } = failing('D1_ERROR: no such table: objects: SQLITE_ERROR')
    expect(await codeOfAsync(() => query.run(ASKED))).toBe('REMOTE_REFUSED')
    expect(count()).toBe(1)
  })
})
