/** Lets whatever else this process serves have its turn. A use case that can last calls it now and then; it takes a millisecond. */
export function endTurn(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, 0) })
}
