/**
 * Makes a listener that any number of emitters can have: it is told which of them has called it, since an emitter calls
 * its listeners as if they were its methods. A function of its own for each of thousands of idle clients would take a
 * hundred bytes for each event.
 */
export function sharedListener<Emitter, Args extends readonly unknown[]>(
  listen: (emitter: Emitter, ...args: Args) => void,
): (this: Emitter, ...args: Args) => void {
  return function listener(...args) {
    listen(this, ...args);
  };
}
