/** What differs, as git prints it; above the patches the fields of the two records, one a line. */
import type { DiffResult } from '../../ops/look/diff.js'
import { toFileJson } from '../../trail/atom-json.js'
import { toJsonLine } from '../terminal/json.js'
import type { Line, View } from '../terminal/output.js'
import { nameLine } from './names.js'
import { patchLines, statLines, sumText } from './patch.js'

export interface DiffView {
  readonly files: 'patch' | 'stat' | 'patch-and-stat' | 'shortstat' | 'names' | 'status'
}

const VALUE_MAX_CHARACTERS = 400

export function* renderDiff(result: DiffResult, view: View, { files }: DiffView): Iterable<Line> {
  const diffs = result.files
  if (files === 'names' || files === 'status') {
    for (const { file } of diffs) yield nameLine(file, files === 'names' ? 'only' : 'status')
    return
  }
  yield* fieldLines(result)
  if (files === 'shortstat' && diffs.length > 0) yield [['plain', sumText(diffs)]]
  if (files === 'stat' || files === 'patch-and-stat') yield* statLines(diffs, view)
  if (files === 'patch-and-stat' && diffs.length > 0) yield []
  if (files === 'patch' || files === 'patch-and-stat') yield* patchLines(diffs, view)
}

function* fieldLines({ before, after, fields, files }: DiffResult): Iterable<Line> {
  if (before === undefined || after === undefined || fields.length === 0) return
  yield [['file', `record ${before.atomId} .. ${after.atomId}`]]
  for (const field of fields) {
    yield [['key', `  ${field.field}: `], ['removed', valueText(field.before)], ['plain', ' => '], ['added', valueText(field.after)]]
  }
  if (files.length > 0) yield []
}

function valueText(value: unknown): string {
  const text = value === undefined ? '(none)' : typeof value === 'string' ? value : toJsonLine(value)
  return text.length > VALUE_MAX_CHARACTERS ? `${text.slice(0, VALUE_MAX_CHARACTERS)}…` : text
}

export function diffJson({ files, fields }: DiffResult): unknown {
  return {
    files: files.map(({ file, patch }) => ({ ...toFileJson(file), patch })),
    fields: fields.map(({ field, before, after }) => ({ field, before: before ?? null, after: after ?? null })),
  }
}

