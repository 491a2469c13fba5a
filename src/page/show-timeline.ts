/** The list of ATOMs with their lines beside it, so many at a time; one opens when it is clicked. */
import type { ObjectId } from '../codec/object-id.js'
import { shortRefName } from '../refs/name.js'
import { append, button, byId, element, svg } from './dom.js'
import { createLanes, type LaneRow } from './lanes.js'
import { oneLine, amount, timeText } from './plain.js'
import { showAtom } from './show-atom.js'
import { readBody, type PageAtom, type Timeline } from './timeline.js'

const AT_A_TIME = 200
/** Of a lane, and of a row. */
const WIDTH = 14
const HEIGHT = 34
const LANES_SHOWN_MAX = 12
const COLORS = 6

/** Shows the ATOMs that a word is in, or all. */
export function showTimeline(timeline: Timeline, refs: ReadonlyMap<string, ObjectId>, word: string): void {
  const wanted = word.toLowerCase()
  const shown = wanted === '' ? timeline.atoms : timeline.atoms.filter((atom) => isFound(timeline, atom, wanted))
  const names = namesByAtom(refs)
  const list = element('ol', 'list')
  const rows = wanted === '' ? laneRows(timeline) : []
  const width = Math.min(rows.reduce((most, { columns }) => Math.max(most, columns), 0), LANES_SHOWN_MAX) * WIDTH
  let at = 0
  const more = button('', () => addRows())
  const addRows = (): void => {
    shown.slice(at, at + AT_A_TIME).forEach((atom, nth) => {
      const lane = rows[at + nth]
      list.append(row(timeline, atom, { drawing: lane && drawLane(lane, width), names: names.get(atom.id) ?? [] }))
    })
    at += AT_A_TIME
    const left = shown.length - at
    more.hidden = left <= 0
    more.textContent = `Show ${amount(Math.min(left, AT_A_TIME))} of ${amount(Math.max(left, 0))} more`
  }
  addRows()
  byId('timeline').replaceChildren(element('p', 'dim', `${amount(shown.length)} ${shown.length === 1 ? 'ATOM' : 'ATOMs'}${wanted === '' ? '' : ' with that word'}, newest first`), list, more)
}

function laneRows(timeline: Timeline): readonly LaneRow[] {
  const next = createLanes()
  return timeline.atoms.map(({ id, header }) => next({ id, parents: header.parents.filter((parent) => timeline.getAtom(parent) !== undefined) }))
}

function namesByAtom(refs: ReadonlyMap<string, ObjectId>): ReadonlyMap<ObjectId, readonly string[]> {
  const names = new Map<ObjectId, string[]>()
  for (const [name, id] of refs) if (!name.startsWith('refs/atom/')) names.set(id, [...names.get(id) ?? [], shortRefName(name)])
  return names
}

function isFound(timeline: Timeline, { header }: PageAtom, wanted: string): boolean {
  const body = readBody(timeline.objects, header)
  return [header.atomId, header.agent, header.operation, body?.title ?? '', body?.reason ?? ''].some((text) => text.toLowerCase().includes(wanted))
}

interface RowParts { readonly drawing: SVGElement | undefined; readonly names: readonly string[] }

function row(timeline: Timeline, atom: PageAtom, { drawing, names }: RowParts): HTMLElement {
  const { header } = atom
  const title = readBody(timeline.objects, header)?.title
  const item = element('li', '')
  const head = button('', () => {
    const open = item.querySelector('.atom')
    if (open === null) item.append(showAtom(timeline, atom))
    else open.remove()
    head.setAttribute('aria-expanded', String(open === null))
  })
  head.className = 'row'
  head.setAttribute('aria-expanded', 'false')
  append(head, [
    drawing,
    element('span', 'time', timeText(header.timeMs)), element('code', 'id', header.atomId), element('span', 'agent', oneLine(header.agent, 40)),
    ...names.map((name) => element('span', 'name', name)),
    element('span', title === undefined ? 'title dim' : 'title', title === undefined ? '(forgotten)' : oneLine(title)),
  ])
  item.append(head)
  return item
}

function drawLane({ column, hasChild, lines }: LaneRow, width: number): SVGElement {
  const drawing = svg('svg', { width, height: HEIGHT, class: 'lanes', 'aria-hidden': 'true' })
  const x = (at: number): number => Math.min(at, LANES_SHOWN_MAX - 1) * WIDTH + WIDTH / 2
  for (const { from, to, start } of lines) {
    const top = start === 'atom' ? HEIGHT / 2 : 0
    drawing.append(svg('path', { d: `M${String(x(from))} ${String(top)} L${String(x(to))} ${String(HEIGHT)}`, class: `lane${String(to % COLORS)}` }))
  }
  if (hasChild) drawing.append(svg('path', { d: `M${String(x(column))} 0 L${String(x(column))} ${String(HEIGHT / 2)}`, class: `lane${String(column % COLORS)}` }))
  drawing.append(svg('circle', { cx: x(column), cy: HEIGHT / 2, r: 4, class: `lane${String(column % COLORS)}` }))
  return drawing
}
