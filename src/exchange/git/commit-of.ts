/** The commits that stand for objects: author, message and bytes as a function of the object alone. `docs/spec/git-mirror.md`. */
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { Body } from '../../object/body.js'
import type { OpenedObject } from '../../object/open.js'
import type { Tag } from '../../object/tag.js'
import { getRefNameProblem } from '../../refs/name.js'
import { messageOf, oneLine, personOf, type Trailer } from './commit-text.js'
import { encodeGitCommit, encodeGitTag, type GitObject, type GitType, type Oid } from '../../git/git-object.js'

/** Where a commit stands: its tree and what it comes after. */
export interface Place {
  readonly tree: Oid
  readonly parents: readonly Oid[]
}

const FORGOTTEN = '(forgotten)'
/** Who stands for objects that name nobody. */
const NOBODY = 'atom'

/** Title and reason as they are shown; undefined where a text was forgotten. */
export type ShownTexts = Pick<Body, 'reason'> & { readonly title: string | undefined }

/** Returns the commit of an ATOM. `texts` is undefined where its body was forgotten. */
export function commitOfAtom(id: ObjectId, header: AtomHeader, { place, texts }: { readonly place: Place; readonly texts: ShownTexts | undefined }): GitObject {
  const title = texts === undefined ? FORGOTTEN : texts.title ?? FORGOTTEN
  const message = messageOf(oneLine(title) || header.atomId, texts?.reason, [
    { key: 'Atom-Id', value: header.atomId },
    { key: 'Atom-Object', value: digestOf(id) },
    { key: 'Agent', value: header.agent },
    ...header.influencedBy.map(({ object, store }): Trailer => ({ key: 'Influenced-By', value: store === undefined ? object : `${object} ${store}` })),
  ])
  return { type: 'commit', bytes: encodeGitCommit({ ...place, person: personOf(header.agent, header.timeMs), message }) }
}

/** Returns the commit that carries an object of another kind. */
export function commitOfObject(id: ObjectId, object: OpenedObject, place: Place): GitObject {
  const { agent, timeMs, title, text } = describe(object)
  const message = messageOf(oneLine(title), text, [{ key: 'Atom-Kind', value: object.kind === 'unknown' ? object.name : object.kind }, { key: 'Atom-Object', value: digestOf(id) }, { key: 'Agent', value: agent }])
  return { type: 'commit', bytes: encodeGitCommit({ ...place, person: personOf(agent, timeMs), message }) }
}

interface Description {
  readonly agent: string
  readonly timeMs: number
  readonly title: string
  readonly text?: string
}

function describe(object: OpenedObject): Description {
  switch (object.kind) {
    case 'op': return { agent: object.value.agent, timeMs: object.value.timeMs, title: `${object.value.command} (op ${String(object.value.seq)})` }
    case 'tag': return { agent: object.value.agent, timeMs: object.value.timeMs, title: `tag ${object.value.name}`, text: object.value.message }
    case 'receipt': return { agent: NOBODY, timeMs: object.value.timeMs, title: `receipt of a ${object.value.role} (${object.value.reason})` }
    case 'unknown': return { agent: NOBODY, timeMs: 0, title: `object of kind ${object.name}` }
    default: return { agent: NOBODY, timeMs: 0, title: `object of kind ${object.kind}` }
  }
}

/** Returns git's annotated tag for one of ours: for people only, what counts is the commit that carries the tag. */
export function gitTagOf(id: ObjectId, tag: Tag, target: { readonly oid: Oid; readonly type: GitType }): GitObject {
  const name = getRefNameProblem(`refs/tags/${tag.name}`) === undefined ? tag.name : `atom-${digestOf(id).slice(0, 12)}`
  const [first = '', ...others] = tag.message.split('\n')
  const message = messageOf(oneLine(first) || oneLine(tag.name) || name, others.join('\n'), [{ key: 'Atom-Object', value: digestOf(id) }, { key: 'Agent', value: tag.agent }])
  return { type: 'tag', bytes: encodeGitTag({ target: target.oid, type: target.type, name, person: personOf(tag.agent, tag.timeMs), message }) }
}

/** Returns what an object is called in the folder `.atom` of its commit. */
export function ownName(object: OpenedObject): string {
  return object.kind === 'atom' || object.kind === 'op' || object.kind === 'tag' || object.kind === 'receipt' ? object.kind : 'object'
}
