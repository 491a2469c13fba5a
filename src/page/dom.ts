/** Elements out of values. Text is only ever text: nothing recorded is read as markup. */
import { plain } from './plain.js'

export type Child = Node | string | undefined

export function element(tag: string, className = '', ...children: readonly Child[]): HTMLElement {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  append(made, children)
  return made
}

export function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== undefined) parent.append(typeof child === 'string' ? document.createTextNode(plain(child)) : child)
}

export function svg(tag: string, attributes: { readonly [name: string]: string | number }): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  return made
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new TypeError(`the page has no #${id}`)
  return found
}

export function button(label: string, onClick: () => void): HTMLElement {
  const made = element('button', '', label)
  made.setAttribute('type', 'button')
  made.addEventListener('click', onClick)
  return made
}
