import { describe, expect, it } from 'vitest'
import { fromHex } from '../../../src/base/bytes.js'
import { digestOf, idOf, type ObjectId } from '../../../src/codec/object-id.js'
import { addObject } from '../../../src/exchange/git/mirror-add.js'
import { ensureCommit } from '../../../src/exchange/git/mirror-commit.js'
import { getCommitHead, getGitTree, GIT_FOLDER, type Oid } from '../../../src/git/git-object.js'
import { openAny } from '../../../src/object/open.js'
import { hasGit, git, temporaryFolders } from '../../helpers/git.js'
import { aMirror } from '../../helpers/git-remotes.js'
import { readVectors } from '../../helpers/vectors.js'

interface MirrorVector {
  readonly comment: string
  readonly objects: readonly (readonly [codec: 'raw' | 'dag-cbor', bytes: string | { readonly repeat: string; readonly count: number }])[]
  readonly object: string
  readonly commit: Oid
  readonly text: string
  readonly files: readonly string[]
}

const VECTORS = readVectors<MirrorVector>('git-mirror')
const folder = temporaryFolders()

function objectsOf({ objects }: MirrorVector): readonly { readonly id: ObjectId; readonly bytes: Uint8Array }[] {
  return objects.map(([codec, written]) => {
    const bytes = typeof written === 'string' ? fromHex(written) : new Uint8Array(written.count).fill(fromHex(written.repeat)[0] ?? 0)
    return { id: idOf(bytes, codec), bytes }
  })
}

describe('the vectors of the git mirror', () => {
  it.each(VECTORS)('become these commits: $comment', async (vector) => {
    await using mirror = await aMirror(folder())
    const objects = objectsOf(vector)
    for (const { id, bytes } of objects) {
      await addObject(mirror, id, bytes)
      const object = id.startsWith('71') ? openAny(bytes) : undefined
      if (object?.kind === 'receipt') mirror.index.addReceipt(object.value.object, id)
    }
    const last = objects.at(-1)?.id as ObjectId
    expect(digestOf(last)).toBe(vector.object)
    expect(await ensureCommit(mirror, last)).toBe(vector.commit)
    const commit = await mirror.git.getObject(vector.commit)
    expect(Buffer.from(commit?.bytes ?? []).toString()).toBe(vector.text)
    const list = async (tree: Oid, prefix: string): Promise<string[]> => {
      const entries = getGitTree((await mirror.git.getObject(tree))?.bytes ?? new Uint8Array(0)) ?? new Map<string, never>()
      const lines: string[] = []
      for (const [name, { mode, oid }] of entries) lines.push(...(mode === GIT_FOLDER ? await list(oid, `${prefix}${name}/`) : [`${mode.toString(8)} ${oid} ${prefix}${name}`]))
      return lines
    }
    expect(await list(getCommitHead(commit?.bytes ?? new Uint8Array(0))?.tree ?? '', '')).toEqual(vector.files)
  })

  it.skipIf(!hasGit())('are what git itself makes of the same lines (needs git)', () => {
    const at = folder()
    git(at, ['init', '-q', '--bare'])
    for (const { text, commit, files } of VECTORS) {
      const index = { GIT_INDEX_FILE: `${at}/index-${commit}`, GIT_DIR: at }
      git(at, ['update-index', '-z', '--index-info'], { env: index, input: files.map((line) => line.replace(/^(\S+) (\S+) /, '$1 $2\t')).join('\0') })
      const tree = git(at, ['write-tree', '--missing-ok'], { env: index }).trim()
      expect(text).toContain(`tree ${tree}\n`)
      expect(git(at, ['hash-object', '-t', 'commit', '--stdin'], { input: text }).trim()).toBe(commit)
    }
  })

})
