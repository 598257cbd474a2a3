import type { ObjectVersion } from './registry-history.ts';
import type { Report } from './violation.ts';

interface Node {
  readonly followers: Set<Node>;
  predecessors: number;
}

/**
 * Looks whether one order of all changes explains what every subscriber was told, and real time too. Writes under way
 * at once may come in any order, but in the same one for everybody.
 */
export class OrderAgreement {
  readonly #nodes = new Map<ObjectVersion, Node>();
  readonly #last = new Map<string, ObjectVersion>();
  readonly #moments: Node[] = [];

  /** Takes the next change that a subscriber was told; undefined where its order ends. */
  follow(subscriber: string, version: ObjectVersion | undefined): void {
    const before = this.#last.get(subscriber);
    if (version === undefined) {
      this.#last.delete(subscriber);
      return;
    }
    const node = this.#nodeOf(version);
    this.#last.set(subscriber, version);
    if (before !== undefined && before !== version) link(this.#nodeOf(before), node);
  }

  /** Reports the changes that no order can hold. */
  check(tick: number, report: Report): void {
    this.#addRealTime();
    const nodes = [...this.#nodes.values(), ...this.#moments];
    const ready = nodes.filter(({ predecessors }) => predecessors === 0);
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      for (const follower of node.followers) {
        follower.predecessors--;
        if (follower.predecessors === 0) ready.push(follower);
      }
    }
    const stuck = [...this.#nodes].filter(([, { predecessors }]) => predecessors > 0);
    const [first] = stuck;
    if (first === undefined) return;
    const [{ key, action, state }] = first;
    report(
      'disagreement',
      tick,
      `no order holds ${stuck.length} changes, ${action} '${state}' of ${key} among them`,
    );
  }

  /** What was acknowledged before another began comes first. A chain of moments says so without a link for each pair. */
  #addRealTime(): void {
    const events = [...this.#nodes]
      .flatMap(([{ act }, node]) => [
        { tick: act.started, node, isStart: true },
        { tick: act.acknowledged, node, isStart: false },
      ])
      .filter(({ tick }) => tick !== Infinity)
      .toSorted((left, right) => left.tick - right.tick);
    let moment = newNode();
    this.#moments.push(moment);
    for (const { node, isStart } of events) {
      if (isStart) {
        link(moment, node);
        continue;
      }
      const next = newNode();
      link(moment, next);
      link(node, next);
      this.#moments.push(next);
      moment = next;
    }
  }

  #nodeOf(version: ObjectVersion): Node {
    const node = this.#nodes.get(version) ?? newNode();
    this.#nodes.set(version, node);
    return node;
  }
}

function newNode(): Node {
  return { followers: new Set(), predecessors: 0 };
}

function link(from: Node, to: Node): void {
  if (from.followers.has(to)) return;
  from.followers.add(to);
  to.predecessors++;
}
