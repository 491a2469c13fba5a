/**
 * One file of a transcript → its ATOMs, in order: SESSION, then for each turn a PROMPT, what the agent did (EDIT, COMMAND, TOOL) and a TURN with the answer
 * and the tokens.
 *
 * Guarantees: an ATOM that is there is not made again, whichever file it came from; what follows it goes on from it. Memory holds one turn. A turn that
 * is going on waits for its end, so that every machine makes the same ATOMs of it; one that was broken off is closed, and what comes later is a further part of it.
 */
import type { CborValue } from '../../../codec/cbor.js'
import type { ObjectId } from '../../../codec/object-id.js'
import { addUsage, responsesValue, tokensOf, type Bill, type TurnUsage } from './transcript-bill.js'
import { gatherLines, type GatheredLines } from './transcript-lines.js'
import type { ToolResult, TranscriptEvent, TranscriptFile, TranscriptLine } from './transcript-source.js'
import type { KnownUnit, TranscriptTrail } from './transcript-trail.js'
import { callUnit, recordable, titleOf, type KeptLines, type ToolCall, type Unit } from './transcript-unit.js'

export interface SessionResult {
  readonly session: string
  /** Its last ATOM; undefined where it has none. */
  readonly tip: ObjectId | undefined
  readonly added: number
  readonly known: number
  /** When its last line was written. */
  readonly timeMs: number
  /** Lines that no ATOM took. */
  readonly rest: KeptLines | undefined
  /** Whether its last turn is going on, and waits. */
  readonly isOpen: boolean
}

interface Turn {
  readonly key: string
  readonly startMs: number
  readonly usage: TurnUsage
  /** Calls without a result yet. */
  readonly calls: Map<string, ToolCall>
  /** Parts of it that are there already, the next one first. */
  readonly parts: { readonly known: KnownUnit; readonly events: number }[]
  /** Parts that are behind, and how many events they took. */
  passed: number
  passedEvents: number
  events: number
  endMs: number
  /** What came last, usage apart. */
  last: TranscriptEvent['is'] | undefined
  texts: string[]
  quiet: Map<string, number>
}

/** Results that come after their turn are few. */
const LATE_CALLS_MAX = 1_000

type Session = Extract<TranscriptEvent, { readonly is: 'session' }>

/** Reads a file to its end. Throws what the store throws. */
export async function readSession(file: TranscriptFile, trail: TranscriptTrail, context: SessionContext): Promise<SessionResult> {
  const reading = new SessionReading(file, trail, context)
  for await (const line of file.lines()) {
    await context.see(line)
    await reading.take(line)
  }
  return reading.end()
}

export interface SessionContext {
  readonly bill: Bill
  /** How long before now something of this time was; `ages` where nothing can be going on any more. */
  age(timeMs: number): 'moments' | 'hours' | 'ages'
  /** Told of every line before it is taken. */
  see(line: TranscriptLine): void | Promise<void>
}

class SessionReading {
  readonly #file: TranscriptFile
  readonly #trail: TranscriptTrail
  readonly #context: SessionContext
  readonly #lines: GatheredLines
  #session: Session | undefined
  #turn: Turn | undefined
  #tip: ObjectId | undefined
  /** `pending`: its ATOM comes before the first that is new. */
  #start: 'unread' | 'pending' | 'there' = 'unread'
  /** Calls that were closed with their turn, without a result. */
  readonly #late = new Map<string, ToolCall>()
  #firstMs: number | undefined
  #timeMs = 0
  #isTorn = false
  #added = 0
  #known = 0

  constructor(file: TranscriptFile, trail: TranscriptTrail, context: SessionContext) {
    this.#file = file
    this.#trail = trail
    this.#context = context
    this.#lines = gatherLines((objects) => trail.keep(objects))
  }

  async take(line: TranscriptLine): Promise<void> {
    if (line.standing === 'torn') {
      this.#isTorn = true
      return
    }
    if (line.timeMs !== undefined) this.#timeMs = line.timeMs
    this.#firstMs ??= line.timeMs
    const said = line.events.filter((event) => event.is !== 'session' && event.is !== 'end')
    for (const event of line.events) if (event.is === 'session') this.#session ??= event
    if (said.length > 0) await (said.some(({ is }) => is === 'prompt') ? this.#closeTurn() : this.#passPart())
    if (line.bytes !== undefined) await this.#lines.add({ number: line.number, bytes: line.bytes, what: said.length > 0 ? 'said' : 'other' })
    for (const event of said) await this.#takeEvent(event)
    if (this.#turn !== undefined && line.events.some(({ is }) => is === 'end')) this.#turn.last = 'end'
  }

  async end(): Promise<SessionResult> {
    const isOpen = this.#isGoingOn()
    await (isOpen ? this.#leaveTurn() : this.#closeTurn())
    const rest = await this.#lines.take('all')
    return { session: this.#sessionId, tip: this.#tip, added: this.#added, known: this.#known, timeMs: this.#timeMs, rest, isOpen }
  }

  /** A turn ends where the source says so, or with a text; but lines of one response come one after the other. */
  #isGoingOn(): boolean {
    const turn = this.#turn
    if (turn?.last === undefined || turn.last === 'end' || this.#firstMs === undefined) return false
    const age = this.#context.age(this.#timeMs)
    return age === 'moments' || (age === 'hours' && (this.#isTorn || turn.calls.size > 0 || turn.last !== 'text'))
  }

  async #leaveTurn(): Promise<void> {
    await this.#passPart()
    this.#turn = undefined
    this.#lines.drop('all')
  }

  get #sessionId(): string {
    return recordable(this.#session?.id ?? this.#file.sessionId)
  }

  async #takeEvent(event: Exclude<TranscriptEvent, Session | { readonly is: 'end' }>): Promise<void> {
    if (event.is === 'prompt') {
      await this.#takePrompt(event)
      return
    }
    const turn = (this.#turn ??= await this.#openTurn(`${this.#sessionId}\nstart`))
    turn.events++
    turn.endMs = this.#timeMs
    if (event.is !== 'usage') turn.last = event.is
    switch (event.is) {
      case 'text':
        turn.texts.push(event.text)
        break
      case 'usage':
        addUsage(turn.usage, event)
        break
      case 'call':
        if (event.work.kind === 'quiet') turn.quiet.set(event.tool, (turn.quiet.get(event.tool) ?? 0) + 1)
        else turn.calls.set(event.call, { ...event, timeMs: this.#timeMs })
        break
      case 'result':
        await this.#takeResult(turn, event.call, event.result)
    }
  }

  async #takePrompt({ key, text, by }: Extract<TranscriptEvent, { readonly is: 'prompt' }>): Promise<void> {
    await this.#closeTurn()
    const about = { type: 'PROMPT', key, dayMs: this.#timeMs } as const
    await this.#emit({ ...about, operation: 'prompt', timeMs: this.#timeMs, title: titleOf(recordable(text), 'prompt without text'), reason: text, metadata: { by }, evidence: [] }, 'all')
    this.#turn = await this.#openTurn(key)
  }

  async #openTurn(key: string): Promise<Turn> {
    const turn: Turn = { key, startMs: this.#timeMs, usage: new Map(), calls: new Map(), parts: [], passed: 0, passedEvents: 0, events: 0, endMs: this.#timeMs, last: undefined, texts: [], quiet: new Map() }
    for (let part = 1; ; part++) {
      const known = await this.#trail.find({ type: 'TURN', key: partKey(key, part), dayMs: turn.startMs })
      if (known === undefined) return turn
      this.#context.bill.recall(known.id, known.body)
      turn.parts.push({ known, events: Number(known.body?.metadata?.['events'] ?? Infinity) })
    }
  }

  /** Goes on from a part of the turn that is there, once all that it took has been read. */
  async #passPart(): Promise<void> {
    const turn = this.#turn
    const next = turn?.parts[0]
    if (turn === undefined || next === undefined || next.events > turn.events) return
    turn.parts.shift()
    turn.passed++
    turn.passedEvents = next.events
    turn.texts = []
    turn.quiet = new Map()
    this.#tip = next.known.id
    this.#known++
    this.#lines.drop('said')
    await this.#passPart()
  }

  async #takeResult(turn: Turn, id: string, result: ToolResult): Promise<void> {
    const call = turn.calls.get(id) ?? this.#late.get(id)
    if (call === undefined) return
    turn.calls.delete(id)
    const unit = callUnit(call, result, this.#timeMs)
    if (unit === undefined) return
    // It may have been taken when it had no result yet.
    const known = await this.#trail.find(unit)
    const isLate = this.#late.delete(id) || known?.body?.metadata?.['result'] === 'none'
    await this.#emit(isLate ? { ...unit, key: `${unit.key}\nresult` } : unit, 'all')
  }

  async #closeTurn(): Promise<void> {
    const turn = this.#turn
    if (turn === undefined) return
    for (const [id, call] of turn.calls) {
      const unit = callUnit(call, undefined, call.timeMs)
      if (unit === undefined) continue
      await this.#emit(unit, 'none')
      if (this.#late.size < LATE_CALLS_MAX) this.#late.set(id, call)
    }
    await this.#passPart()
    this.#turn = undefined
    // It is a piece of what another file had of this turn.
    if (turn.parts.length > 0) return
    const counted = this.#context.bill.charge(turn.usage)
    if (turn.events > turn.passedEvents || counted.length > 0) await this.#emit(turnUnit(turn, responsesValue(counted), tokensOf(counted)), 'said')
  }

  /** Finds a unit or makes it after what is there; goes on from it. */
  async #emit(unit: Unit, lines: 'said' | 'all' | 'none'): Promise<void> {
    if (this.#start === 'unread') await this.#findStart()
    const known = await this.#trail.find(unit)
    if (known !== undefined) {
      if (lines !== 'none') this.#lines.drop(lines)
      this.#known++
      this.#tip = known.id
      return
    }
    // In a fork, the session begins after what it has from another one.
    if (this.#start === 'pending') await this.#add(this.#startUnit(), undefined)
    this.#start = 'there'
    await this.#add(unit, lines === 'none' ? undefined : await this.#lines.take(lines))
  }

  async #findStart(): Promise<void> {
    const known = await this.#trail.find(this.#startUnit())
    this.#start = known === undefined ? 'pending' : 'there'
    if (known === undefined) return
    this.#known++
    this.#tip = known.id
  }

  #startUnit(): Unit {
    const startMs = this.#firstMs ?? this.#timeMs
    return {
      type: 'SESSION', key: this.#sessionId, operation: 'start_session', timeMs: startMs, dayMs: startMs, title: `session ${this.#sessionId}`,
      metadata: { ...this.#session?.metadata, ...(this.#firstMs === undefined && { time: 'unknown' }) }, evidence: [],
    }
  }

  async #add(unit: Unit, lines: KeptLines | undefined): Promise<void> {
    const made = await this.#trail.add(unit, { parent: this.#tip, session: this.#sessionId, file: this.#file.name, lines })
    this.#tip = made.id
    this.#added++
  }
}

function partKey(key: string, part: number): string {
  return part === 1 ? key : `${key}\npart ${String(part)}`
}

function turnUnit(turn: Turn, responses: readonly CborValue[], tokens: Unit['tokens']): Unit {
  const answer = turn.texts.join('\n\n')
  const part = turn.passed + 1
  return {
    type: 'TURN', key: partKey(turn.key, part), operation: 'answer', timeMs: turn.endMs, dayMs: turn.startMs,
    title: titleOf(recordable(turn.texts.at(-1) ?? ''), responses.length === 0 ? 'no answer' : `${String(responses.length)} ${responses.length === 1 ? 'response' : 'responses'} without text`), reason: answer,
    metadata: {
      events: turn.events,
      ...(part > 1 && { part }),
      ...(turn.quiet.size > 0 && { looked: Object.fromEntries([...turn.quiet].map(([tool, count]) => [recordable(tool), count])) }),
      ...(responses.length > 0 && { responses }),
    },
    ...(tokens !== undefined && { tokens }),
    evidence: [],
  }
}
