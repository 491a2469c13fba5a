import { describe, expect, it } from 'vitest'
import type { AtomError } from '../../src/base/errors.js'
import { checkType, defaultOperation, KNOWN_TYPES } from '../../src/trail/types.js'
import { codeOf } from '../helpers/objects.js'

describe('the type of an ATOM', () => {
  it('says which operation it records', () => {
    expect(Object.fromEntries(KNOWN_TYPES.map((type) => [type, defaultOperation(type, [])]))).toMatchInlineSnapshot(`
      {
        "CFG": "modify_file",
        "COMMIT": "commit",
        "DECISION": "save_decision",
        "DEPLOY": "deploy",
        "DOC": "doc",
        "INIT": "init_project",
        "MCP": "mcp",
        "MERGE": "merge",
        "RESEARCH": "research",
        "REVERT": "revert",
        "SAGE": "sage",
        "STATUS": "status",
        "TASK": "task",
        "TEST": "test",
      }
    `)
    expect(defaultOperation('MY-OWN', ['add'])).toBe('my-own')
  })

  it('CFG goes by what changed', () => {
    expect(defaultOperation('CFG', ['add', 'add'])).toBe('create_file')
    expect(defaultOperation('CFG', ['delete'])).toBe('delete_file')
    for (const changes of [['add', 'modify'], ['add', 'delete'], ['mode'], ['type']] as const) expect(defaultOperation('CFG', changes)).toBe('modify_file')
  })

  it('is upper-case words, and a lower-case one is told so', () => {
    expect(checkType('MY-OWN')).toBe('MY-OWN')
    for (const bad of ['', 'cfg', 'A1', '-A', 'A-', 'A--B', 'A B', 'Ä', 'A'.repeat(65)]) expect(codeOf(() => checkType(bad)), bad).toBe('INPUT_INVALID')
    try {
      checkType('cfg')
    } catch (error) {
      expect((error as AtomError).hint).toContain('CFG')
    }
  })
})
