/** The owner ended before it had answered: somebody else has to be asked. */
export class OwnerLost extends Error {
  override readonly name = 'OwnerLost'
}
