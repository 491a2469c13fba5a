/** The open vocabulary of ATOM types and the operation each records by default. */
import { AtomError } from '../base/errors.js'
import { isAtomType } from '../object/atom-id.js'
import type { ChangeKind } from '../tree/diff.js'

const OPERATIONS: { readonly [type: string]: string } = {
  INIT: 'init_project',
  DECISION: 'save_decision',
  RESEARCH: 'research',
  TASK: 'task',
  SAGE: 'sage',
  DEPLOY: 'deploy',
  TEST: 'test',
  MCP: 'mcp',
  DOC: 'doc',
  STATUS: 'status',
  COMMIT: 'commit',
  MERGE: 'merge',
  REVERT: 'revert',
}

/** Types whose operation says what happened to the files. */
const FILE_TYPES = new Set(['CFG'])

export const KNOWN_TYPES: readonly string[] = [...Object.keys(OPERATIONS), 'CFG']

/** Returns the operation that an ATOM of a type records unless it says one itself. */
export function defaultOperation(type: string, changes: readonly ChangeKind[]): string {
  if (!FILE_TYPES.has(type)) return OPERATIONS[type] ?? type.toLowerCase()
  if (changes.length > 0 && changes.every((change) => change === 'add')) return 'create_file'
  if (changes.length > 0 && changes.every((change) => change === 'delete')) return 'delete_file'
  return 'modify_file'
}

export function checkType(type: string): string {
  if (isAtomType(type)) return type
  const upper = type.toUpperCase()
  throw new AtomError('INPUT_INVALID', `not an ATOM type: ${type.slice(0, 80)}`, {
    data: { field: 'type', value: type.slice(0, 80) },
    hint: isAtomType(upper) ? `types are upper case: ${upper}` : `types are upper-case words joined by hyphens, such as ${KNOWN_TYPES.slice(0, 5).join(', ')}`,
  })
}
