import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clearAddress, getOwnerAddress, prepareAddress } from '../../../src/app/owner/address.js'

describe('the address of an owner', () => {
  it('lies in the store where the path is short, private, and is cleared when stale', () => {
    const folder = mkdtempSync(join(tmpdir(), 'atom-address-'))
    try {
      expect(getOwnerAddress(folder)).toBeUndefined()
      const address = prepareAddress(folder, {})
      expect(address).toBe(join(folder, 'run/owner.sock'))
      expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700)
      writeFileSync(address, '')
      expect(getOwnerAddress(folder)).toBe(address)
      clearAddress(folder)
      expect(getOwnerAddress(folder)).toBeUndefined()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('lies elsewhere where the path is too long, in a folder of this user alone', () => {
    const base = mkdtempSync(join(tmpdir(), 'atom-address-'))
    try {
      const folder = join(base, 'long/'.repeat(30))
      mkdirSync(folder, { recursive: true })
      const runtime = mkdtempSync(join(tmpdir(), 'rt-'))
      const address = prepareAddress(folder, { XDG_RUNTIME_DIR: runtime })
      expect(dirname(dirname(address))).toBe(runtime)
      expect(Buffer.byteLength(address)).toBeLessThan(100)
      expect(statSync(dirname(address)).mode & 0o777).toBe(0o700)
      expect(getOwnerAddress(folder)).toBe(address)
      clearAddress(folder)
      expect(getOwnerAddress(folder)).toBeUndefined()
      rmSync(dirname(address), { recursive: true })
      symlinkSync(base, dirname(address))
      expect(() => prepareAddress(folder, { XDG_RUNTIME_DIR: runtime })).toThrow()
      rmSync(runtime, { recursive: true })
    } finally {
      rmSync(base, { recursive: true, force: true })
    }
  })
})
