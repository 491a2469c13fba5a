import { describe, expect, it } from 'vitest'
import { patchEdits, workOf } from '../../../src/capture/transcripts/tools.js'

describe('what tools do', () => {
  it('knows edits by their arguments', () => {
    expect(workOf('Edit', { file_path: 'a', old_string: 'x', new_string: 'y' })).toEqual({ kind: 'edit', edits: [{ path: 'a', how: 'modify', before: 'x', after: 'y' }] })
    expect(workOf('MultiEdit', { file_path: 'a', edits: [{ old_string: 'x', new_string: 'y' }, { old_string: '', new_string: 'z' }] })).toEqual({ kind: 'edit', edits: [{ path: 'a', how: 'modify', before: 'x', after: 'y' }, { path: 'a', how: 'modify', after: 'z' }] })
    expect(workOf('create', { path: 'a', file_text: 'x' })).toEqual({ kind: 'edit', edits: [{ path: 'a', how: 'create', after: 'x' }] })
    expect(workOf('NotebookEdit', { notebook_path: 'n.ipynb', new_source: 'x' })).toMatchObject({ kind: 'edit', edits: [{ path: 'n.ipynb', after: 'x' }] })
    expect(workOf('delete_file', { target_file: 'a' })).toEqual({ kind: 'edit', edits: [{ path: 'a', how: 'delete' }] })
    expect(workOf('ApplyPatch', { input: '*** Begin Patch\n*** Delete File: a\n*** End Patch' })).toMatchObject({ kind: 'edit', edits: [{ path: 'a', how: 'delete' }] })
  })

  it('reads the files of a patch in both forms', () => {
    expect(patchEdits('*** Update File: a b.c\n@@\n*** Add File: d\n')).toEqual([{ path: 'a b.c', how: 'modify' }, { path: 'd', how: 'create' }])
    expect(patchEdits('--- a/x\n+++ b/x\n@@ -1 +1 @@\n')).toEqual([{ path: 'x', how: 'modify' }])
  })

  it('takes an edit without a path, and what it does not know, for something else', () => {
    expect([workOf('Edit', {}), workOf('mcp__github__create_issue', { path: 'x', title: 't' }), workOf('Task', { prompt: 'x' }), workOf('Edit', null)]).toEqual(Array.from({ length: 4 }, () => ({ kind: 'other' })))
    expect([workOf('Read', { file_path: 'a' }), workOf('list_dir', {}), workOf('TodoWrite', { todos: [] })]).toEqual(Array.from({ length: 3 }, () => ({ kind: 'quiet' })))
    expect(workOf('Bash', { command: 'ls' })).toEqual({ kind: 'command', command: ['ls'] })
  })
})
