/** What was found, in words: at the top of the page, made anew each time it is opened. */
import { digestOf, getDigest, type ObjectId } from '../codec/object-id.js'
import type { ExpectedRef } from '../exchange/bundle/verify-bundle.js'
import { shortRefName } from '../refs/name.js'
import { byId, button, element } from './dom.js'
import { amount } from './plain.js'
import type { Verdict } from './read-trail.js'

/** Shows a verdict in the place that said that nothing is verified yet. */
export function showVerdict(verdict: Verdict): void {
  const place = byId('verdict')
  place.className = verdict.ok ? 'whole' : 'broken'
  const errors = verdict.findings.filter(({ severity }) => severity === 'error').length
  place.replaceChildren(
    element('h2', '', verdict.ok ? 'Whole, relative to its heads' : `${amount(errors)} ${errors === 1 ? 'error' : 'errors'} found`),
    element('p', '', verdict.ok
      ? `${amount(verdict.atoms)} ATOMs, ${amount(verdict.objects)} objects: every byte was hashed again in this browser and every link was followed.`
      : 'This trail is not as it was written. What is named below was changed, or is missing.'),
    ...(verdict.findings.length === 0 ? [] : [findingList(verdict)]),
    ...(verdict.claims.length === 0 ? [] : [claimTable(verdict)]),
  )
}

function findingList({ findings }: Verdict): HTMLElement {
  return element('ul', 'findings', ...findings.map(({ severity, code, message, atomId }) => element('li', severity, element('b', '', `${severity} ${code}`), ` ${atomId === null ? '' : `${atomId}: `}${message}`)))
}

function claimTable({ claims }: Verdict): HTMLElement {
  return element('details', 'claims', element('summary', '', 'What is proved, and what no file can prove'),
    element('table', '', ...claims.map(({ claim, status, because }) => element('tr', status, element('td', '', status), element('td', '', claim), element('td', '', because)))))
}

/** Shows the heads, with a field for ids noted elsewhere; `judge` is asked again with those. */
export function showHeads(refs: ReadonlyMap<string, ObjectId>, judge: (expected: readonly ExpectedRef[]) => void): void {
  const fields: { readonly ref: string; readonly field: HTMLInputElement }[] = []
  const rows = [...refs].filter(([name]) => !name.startsWith('refs/atom/')).map(([ref, id]) => {
    const field = document.createElement('input')
    field.placeholder = 'the id as noted elsewhere'
    field.setAttribute('aria-label', `id of ${shortRefName(ref)} as noted elsewhere`)
    fields.push({ ref, field })
    return element('tr', '', element('td', '', shortRefName(ref)), element('td', '', element('code', '', digestOf(id))), element('td', '', field))
  })
  const compare = (): void => {
    const expected: ExpectedRef[] = []
    for (const { ref, field } of fields) {
      const typed = field.value.trim().replace(/^sha256:/, '')
      const digest = getDigest(typed)
      field.classList.toggle('wrong', typed !== '' && digest === undefined)
      if (digest !== undefined) expected.push({ ref, digest })
    }
    judge(expected)
  }
  byId('heads').replaceChildren(element('table', '', ...rows), button('Compare with what was noted', compare))
}
