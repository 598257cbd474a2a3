/** Counts how many turns of the event loop others get until some work is done. */
export async function countTurns<T>(
  work: Promise<T>,
): Promise<{ readonly outcome: T; readonly turns: number }> {
  let turns = 0;
  let next = setImmediate(count);
  try {
    const outcome = await work;
    return { outcome, turns };
  } finally {
    clearImmediate(next);
  }

  function count(): void {
    turns++;
    next = setImmediate(count);
  }
}
