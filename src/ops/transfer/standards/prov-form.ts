/** An ATOM in the terms of W3C PROV: who, what was done, what was there before and after. Each section of PROV-JSON asks for its part. */
import { digestOf, type Digest } from '../../../codec/object-id.js'
import { typeOf } from '../../../object/atom-id.js'
import { displayPath } from '../../../trail/paths.js'
import { formatMode, formatTime, type Json } from '../../../trail/atom-json.js'
import type { AtomRecord } from '../../../trail/record.js'
import type { TreeChange } from '../../../tree/diff.js'
import { isPerson, startMs } from './standard-terms.js'

export const PREFIXES: { readonly [prefix: string]: string } = {
  prov: 'http://www.w3.org/ns/prov#', xsd: 'http://www.w3.org/2001/XMLSchema#',
  atom: 'urn:x-atom:terms:', act: 'urn:x-atom:act:', agent: 'urn:x-atom:agent:', body: 'urn:x-atom:body:', file: 'urn:x-atom:file:', content: 'urn:x-atom:content:',
}

/** An element or a relation of a document; a relation has no id of its own. */
export interface ProvItem {
  readonly id?: string
  readonly value: { readonly [key: string]: Json }
}

interface Section {
  readonly name: string
  readonly items: (record: AtomRecord) => Iterable<ProvItem>
}

/** In the order of a document. Ids of elements may come again: they say the same. */
export const SECTIONS: readonly Section[] = [
  { name: 'agent', items: agentItems },
  { name: 'activity', items: activityItems },
  { name: 'entity', items: entityItems },
  { name: 'wasAssociatedWith', items: associationItems },
  { name: 'wasInformedBy', items: communicationItems },
  { name: 'used', items: usageItems },
  { name: 'wasGeneratedBy', items: generationItems },
  { name: 'wasDerivedFrom', items: derivationItems },
  { name: 'specializationOf', items: specializationItems },
]

/** Returns an ATOM that others name and the document does not describe. */
export function outsideActivity(object: Digest): ProvItem {
  return { id: activityId(object), value: { 'atom:object': object, 'atom:outside': true } }
}

/** Returns the ATOMs that an ATOM names: its parents, then what influenced it. */
export function namedAtoms({ header }: AtomRecord): readonly { readonly object: Digest; readonly relation: string }[] {
  return [
    ...header.parents.map((parent) => ({ object: digestOf(parent), relation: 'parent' })),
    ...header.influencedBy.map(({ object }) => ({ object, relation: 'influence' })),
  ]
}

function activityId(object: Digest): string {
  return `act:${object}`
}

/** A name of any characters as the local part of a qualified name. */
function agentId(agent: string): string {
  const encoded = encodeURIComponent(agent).replace(/[!'()*~.]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return `agent:${encoded}`
}

function bodyId(record: AtomRecord): string {
  return `body:${digestOf(record.id)}`
}

/** A file as an ATOM left it: the same content elsewhere is another one, since each is generated once. */
function fileId(record: AtomRecord, index: number): string {
  return `file:${digestOf(record.id)}-${String(index)}`
}

function contentId(object: Digest): string {
  return `content:${object}`
}

function type(name: string): Json {
  return { $: name, type: 'prov:QUALIFIED_NAME' }
}

function* agentItems({ header: { agent } }: AtomRecord): Iterable<ProvItem> {
  yield { id: agentId(agent), value: { 'prov:type': type(isPerson(agent) ? 'prov:Person' : 'prov:SoftwareAgent'), 'prov:label': agent } }
}

function* activityItems(record: AtomRecord): Iterable<ProvItem> {
  const { id, header, body } = record
  yield {
    id: activityId(digestOf(id)),
    value: {
      'prov:startTime': formatTime(startMs(record)),
      'prov:endTime': formatTime(header.timeMs),
      'prov:type': type('atom:Atom'),
      'prov:label': body?.title ?? header.atomId,
      'atom:id': header.atomId,
      'atom:object': digestOf(id),
      'atom:type': typeOf(header.atomId),
      'atom:operation': header.operation,
      ...(body?.project !== undefined && { 'atom:project': body.project }),
      ...(body?.tokens?.model !== undefined && { 'atom:model': body.tokens.model }),
    },
  }
}

function* entityItems(record: AtomRecord): Iterable<ProvItem> {
  const { header, body } = record
  yield {
    id: bodyId(record),
    value: {
      'prov:type': type('atom:Body'), 'atom:object': digestOf(header.body),
      ...(body === undefined ? { 'atom:forgotten': true } : { 'prov:label': body.title, ...(body.reason !== undefined && { 'atom:reason': body.reason }) }),
    },
  }
  for (const [index, { path, before, after }] of filesOf(record)) {
    for (const entry of [before, after]) if (entry !== undefined) yield { id: contentId(digestOf(entry.link)), value: { 'prov:type': type('atom:Content'), 'atom:object': digestOf(entry.link) } }
    if (after !== undefined) yield { id: fileId(record, index), value: { 'prov:type': type('atom:File'), 'prov:label': displayPath(path), 'prov:location': displayPath(path), 'atom:mode': formatMode(after.mode) } }
  }
}

function* associationItems({ id, header }: AtomRecord): Iterable<ProvItem> {
  yield { value: { 'prov:activity': activityId(digestOf(id)), 'prov:agent': agentId(header.agent) } }
}

function* communicationItems(record: AtomRecord): Iterable<ProvItem> {
  for (const { object, relation } of namedAtoms(record)) {
    yield { value: { 'prov:informed': activityId(digestOf(record.id)), 'prov:informant': activityId(object), 'prov:type': type(`atom:${relation}`) } }
  }
}

function* usageItems(record: AtomRecord): Iterable<ProvItem> {
  for (const [, { path, change, before }] of filesOf(record)) {
    if (before === undefined) continue
    yield { value: { 'prov:activity': activityId(digestOf(record.id)), 'prov:entity': contentId(digestOf(before.link)), 'prov:role': type(`atom:${change}`), 'atom:path': displayPath(path) } }
  }
}

function* generationItems(record: AtomRecord): Iterable<ProvItem> {
  const activity = activityId(digestOf(record.id))
  yield { value: { 'prov:entity': bodyId(record), 'prov:activity': activity } }
  for (const [index, { change, after }] of filesOf(record)) {
    if (after !== undefined) yield { value: { 'prov:entity': fileId(record, index), 'prov:activity': activity, 'prov:role': type(`atom:${change}`) } }
  }
}

function* derivationItems(record: AtomRecord): Iterable<ProvItem> {
  for (const [index, { before, after }] of filesOf(record)) {
    if (before === undefined || after === undefined) continue
    yield {
      value: {
        'prov:generatedEntity': fileId(record, index), 'prov:usedEntity': contentId(digestOf(before.link)), 'prov:activity': activityId(digestOf(record.id)), 'prov:type': type('prov:Revision'),
      },
    }
  }
}

/** Which bytes a file has: by that, the file that one ATOM used is found among those that others left. */
function* specializationItems(record: AtomRecord): Iterable<ProvItem> {
  for (const [index, { after }] of filesOf(record)) {
    if (after !== undefined) yield { value: { 'prov:specificEntity': fileId(record, index), 'prov:generalEntity': contentId(digestOf(after.link)) } }
  }
}

function filesOf({ files = [] }: AtomRecord): Iterable<[number, TreeChange]> {
  return files.entries()
}
