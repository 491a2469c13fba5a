import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findOperation, operationNames } from '../../src/ops/catalogue.js'
import { ROOT } from '../helpers/cli.js'

interface Named { readonly name: string; readonly run: unknown; readonly check: unknown }

function isOperation(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && 'run' in value && 'check' in value && 'summary' in value && 'name' in value
}

/** Use cases that no process may do for another, with the reason. */
const OWN_ONLY: { readonly [name: string]: string } = { reindex: 'nobody else may write meanwhile, so it takes the store for itself' }

describe('the catalogue of use cases', () => {
  it('has every use case that a module exports, by its own name', async () => {
    const found: string[] = []
    for (const file of readdirSync(join(ROOT, 'src/ops'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
      const members = await import(join(ROOT, 'src/ops', file)) as Record<string, unknown>
      for (const member of Object.values(members)) if (isOperation(member)) found.push(member.name)
    }
    expect([...new Set(found)].sort()).toEqual([...operationNames(), ...Object.keys(OWN_ONLY)].sort())
  })

  it('loads what it names, and nothing by another name', async () => {
    for (const name of operationNames()) expect((await findOperation(name))?.name).toBe(name)
    expect(await findOperation('toString')).toBeUndefined()
    expect(await findOperation('no.such')).toBeUndefined()
  })
})
