/**
 * `git cat-file --batch` as a queue: any number of objects may be asked for, they are answered in order. Requests of one turn of the event
 * loop go out in one write; a taker that is slow holds the pipe back.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { concatBytes, getText } from '../base/bytes.js'
import type { GitObject, GitType } from './git-object.js'

export type TakeBytes = (bytes: Uint8Array) => Promise<void> | undefined

interface Waiting {
  readonly take: TakeBytes | undefined
  readonly resolve: (object: GitObject | undefined) => void
  readonly reject: (error: unknown) => void
}

export interface ObjectBatch {
  /** Returns the object, or undefined where git has none. With `take` its bytes go there, and come back empty. */
  request(id: string, take?: TakeBytes): Promise<GitObject | undefined>
}

/** Takes over a running `git cat-file --batch`. `failure` says why it ended. */
export function createObjectBatch(child: ChildProcessWithoutNullStreams, failure: () => Error): ObjectBatch {
  const waiting: Waiting[] = []
  let ended: Error | undefined
  let unsent = ''
  const send = (): void => {
    child.stdin.write(unsent)
    unsent = ''
  }
  const end = (error: Error): void => {
    ended ??= error
    for (const one of waiting.splice(0)) one.reject(ended)
  }
  child.stdin.on('error', () => { end(failure()) })
  void answer(child, waiting).then(() => { end(failure()) }, (error: unknown) => { end(error instanceof Error ? error : failure()) })
  return {
    request(id, take) {
      if (ended !== undefined) return Promise.reject(ended)
      return new Promise((resolve, reject) => {
        waiting.push({ take, resolve, reject })
        if (unsent === '') setImmediate(send)
        unsent += `${id}\n`
      })
    },
  }
}

/** Reads answer after answer: a head line, then so many bytes and a line feed. */
async function answer(child: ChildProcessWithoutNullStreams, waiting: Waiting[]): Promise<void> {
  const input = createInput(child.stdout as AsyncIterable<Uint8Array>)
  for (;;) {
    const head = await input.line()
    if (head === undefined) return
    const one = waiting[0]
    if (one === undefined) return
    const [, type, size] = /^[0-9a-f]+ (commit|tree|blob|tag) (\d+)$/.exec(head) ?? []
    if (type === undefined) {
      waiting.shift()
      one.resolve(undefined)
      continue
    }
    const parts: Uint8Array[] = []
    for (let left = Number(size); left > 0;) {
      const part = input.part(left) ?? await input.nextPart(left)
      left -= part.length
      if (one.take === undefined) parts.push(part)
      else await one.take(part)
    }
    await input.skipLineFeed()
    waiting.shift()
    one.resolve({ type: type as GitType, bytes: parts.length === 1 && parts[0] !== undefined ? parts[0].slice() : concatBytes(parts) })
  }
}

interface Input {
  /** Returns the next line without its end, or undefined at the end of the stream. */
  line(): Promise<string | undefined>
  /** Returns up to so many of the bytes at hand, or undefined where there are none. */
  part(limit: number): Uint8Array | undefined
  nextPart(limit: number): Promise<Uint8Array>
  skipLineFeed(): Promise<void>
}

function createInput(stream: AsyncIterable<Uint8Array>): Input {
  const chunks = stream[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array(0)
  let offset = 0
  const more = async (): Promise<boolean> => {
    const next = await chunks.next()
    if (next.done === true) return false
    chunk = next.value
    offset = 0
    return true
  }
  const part = (limit: number): Uint8Array | undefined => {
    if (offset >= chunk.length) return undefined
    const bytes = chunk.subarray(offset, offset + limit)
    offset += bytes.length
    return bytes
  }
  const nextPart = async (limit: number): Promise<Uint8Array> => {
    for (let bytes = part(limit); ; bytes = part(limit)) {
      if (bytes !== undefined) return bytes
      if (!(await more())) throw new Error('git ended in the middle of an object')
    }
  }
  return {
    part,
    nextPart,
    async line() {
      let head = ''
      for (;;) {
        const end = chunk.indexOf(10, offset)
        const text = getText(chunk.subarray(offset, end === -1 ? chunk.length : end)) ?? ''
        head += text
        offset = end === -1 ? chunk.length : end + 1
        if (end !== -1) return head
        if (!(await more())) return head === '' ? undefined : head
      }
    },
    async skipLineFeed() {
      await nextPart(1)
    },
  }
}
