/** Names of files that are being written: never listed, and cleared away once whoever wrote them is gone. */
import { randomBytes } from 'node:crypto'

const PATTERN = /^\.atom-write-(\d+)-[0-9a-f]{12}$/

export function makeTempName(): string {
  return `.atom-write-${String(process.pid)}-${randomBytes(6).toString('hex')}`
}

export function isTempName(name: string): boolean {
  return PATTERN.test(name)
}

/** Tells whether a name is of a temp file whose writer was killed. */
export function isAbandoned(name: string): boolean {
  const pid = PATTERN.exec(name)?.[1]
  return pid !== undefined && isGone(Number(pid))
}

/** Tells whether no process has a number. One that may not be asked is there. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH'
  }
}
