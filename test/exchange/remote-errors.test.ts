import { expect, it } from 'vitest'
import { authRefused, refMoved, refusedBy, targetMissing, unreachable } from '../../src/exchange/remote-errors.js'
import { anId } from '../helpers/objects.js'

it('every error of a remote names it and says why', () => {
  const cause = new Error('ECONNRESET')
  expect(unreachable('usb', 'gone', cause)).toMatchObject({ code: 'REMOTE_UNREACHABLE', kind: 'remote', cause, data: { remote: 'usb', reason: 'gone' } })
  expect(authRefused('usb', 'no permission')).toMatchObject({ code: 'REMOTE_AUTH', kind: 'remote', data: { remote: 'usb', reason: 'no permission' } })
  expect(refusedBy('usb', 'its disk is full')).toMatchObject({ code: 'REMOTE_REFUSED', kind: 'remote', data: { remote: 'usb', reason: 'its disk is full' } })
})

it('a refusal to move a ref says where it is', () => {
  const [old, now] = [anId('old'), anId('now')]
  expect(refMoved({ ref: 'refs/heads/main', expected: old, next: undefined }, now)).toMatchObject({ code: 'REF_MOVED', data: { ref: 'refs/heads/main', expected: old.slice(2), actual: now.slice(2) } })
  expect(refMoved({ ref: 'refs/heads/main', expected: undefined, next: old }, undefined).data).toEqual({ ref: 'refs/heads/main', expected: null, actual: null })
  expect(targetMissing('refs/heads/main', now)).toMatchObject({ code: 'LINK_MISSING', data: { id: now.slice(2) } })
})
