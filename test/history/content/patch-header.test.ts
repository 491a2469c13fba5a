import { describe, expect, it } from 'vitest'
import { patchHeader } from '../../../src/history/content/patch-header.js'

const side = (path: string, mode = '100644'): { path: string; mode: string } => ({ path, mode })

describe('patchHeader', () => {
  it('says what was added, deleted, renamed or made executable', () => {
    expect(patchHeader({ before: undefined, after: side('x') })).toBe('diff --git a/x b/x\nnew file mode 100644\n')
    expect(patchHeader({ before: side('x'), after: undefined })).toBe('diff --git a/x b/x\ndeleted file mode 100644\n')
    expect(patchHeader({ before: side('x'), after: side('x', '100755') })).toBe('diff --git a/x b/x\nold mode 100644\nnew mode 100755\n')
    expect(patchHeader({ before: side('x'), after: side('y'), similarity: 90 })).toBe(
      'diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n')
  })

  it('refuses a change without sides', () => {
    expect(() => patchHeader({ before: undefined, after: undefined })).toThrow(TypeError)
  })
})
