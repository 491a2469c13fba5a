/** F3: the file that `system-atom.sh` writes for each step of an operation, `Key: value` on each line. */
import type { KenlItem } from '../../ops/transfer/kenl/kenl-source.js'
import { makeRecord, textOf, type FileContext } from './make-record.js'
import { getTag } from './tag.js'

const KEYS = ['ATOM Tag', 'Timestamp', 'Operation', 'Intent', 'Status', 'User', 'Hostname', 'OS']

export function isOperationFile(text: string): boolean {
  return /^\ufeff?ATOM Tag:/.test(text)
}

/** Returns the record of such a file, or why it is none. */
export function operationItem(bytes: Uint8Array, context: FileContext): KenlItem {
  const { text, odd } = textOf(bytes)
  const { values, more } = readFields(text.replace(/^\ufeff/, ''))
  const tag = getTag(values.get('ATOM Tag') ?? '')
  if (tag === undefined) return { is: 'refused', file: context.file, reason: 'its tag is none', text: text.slice(0, 200), raw: bytes }
  const status = values.get('Status')
  const exitCode = /^failed \(exit: (\d+)\)$/.exec(status ?? '')?.[1]
  const user = values.get('User')
  return makeRecord({
    format: 'F3', place: { file: context.file }, raw: bytes, tag, odd, text: values.get('Intent') ?? '', time: values.get('Timestamp'), agent: user === undefined ? undefined : `user:${user}`, operation: values.get('Operation'),
    fields: { status, exit_code: exitCode === undefined ? undefined : Number(exitCode), host: values.get('Hostname'), os: values.get('OS'), more: more.length > 0 ? more : undefined },
  }, context)
}

/** An intent may take several lines. */
function readFields(text: string): { readonly values: ReadonlyMap<string, string>; readonly more: readonly string[] } {
  const values = new Map<string, string>()
  const more: string[] = []
  let last: string | undefined
  for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== '')) {
    const key = KEYS.find((known) => line.startsWith(`${known}:`) && !values.has(known))
    if (key !== undefined) values.set(key, line.slice(key.length + 1).trim())
    else if (last === 'Intent') values.set(last, `${values.get(last) ?? ''}\n${line}`)
    else more.push(line)
    last = key ?? last
  }
  return { values, more }
}
