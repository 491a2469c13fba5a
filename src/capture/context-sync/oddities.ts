/** What is strange about a row. It is taken all the same, and kept as it is. */
import type { Cells } from '../../ops/transfer/context-sync/synced-row.js'
import { jsonOf, textOf } from './cells.js'

export interface Expected {
  readonly json: readonly string[]
  readonly hasProject: boolean
  readonly isDated: boolean
}

export function checkCells(cells: Cells, { json, hasProject, isDated }: Expected): readonly string[] {
  const odd: string[] = []
  if (!hasProject) odd.push('its project is not there')
  if (!isDated) odd.push('its time is no time')
  for (const column of json) if (textOf(cells, column) !== '' && jsonOf(cells, column) === undefined) odd.push(`${column} is no JSON`)
  for (const [column, value] of cells) if (typeof value === 'object') odd.push(value instanceof Uint8Array ? `${column} holds bytes` : `${column} is no text in the encoding of the database`)
  return odd
}
