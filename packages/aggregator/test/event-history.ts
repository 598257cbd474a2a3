import type { CacheEvent, Resource } from '@service-center/sdcommon';
import { expect } from 'vitest';

/** Checks each event against those before it, and keeps what they add up to (spec 03 §12.7, I2, I3, I4, I7, I9). */
export class EventHistory {
  readonly #records = new Map<string, Resource>();

  /** What the events so far add up to. */
  get records(): readonly Resource[] {
    return [...this.#records.values()];
  }

  /** @param isReady - whether the caches were ready when the event came */
  add(event: CacheEvent, isReady: boolean): void {
    const id = `${event.resourceType} ${event.resource.key}`;
    const known = this.#records.get(id);
    switch (event.type) {
      case 'INIT':
        expect(isReady, `${id} INIT after ready`).toBe(false);
        expect(known, `${id} INIT of a known record`).toBeUndefined();
        break;
      case 'CREATE':
        expect(isReady, `${id} CREATE before ready`).toBe(true);
        expect(known, `${id} CREATE of a known record`).toBeUndefined();
        break;
      case 'UPDATE':
        expect(isReady, `${id} UPDATE before ready`).toBe(true);
        expect(event.previous, `${id} UPDATE of another record`).toBe(known);
        expect(isSameState(event), `${id} UPDATE without a change`).toBe(false);
        break;
      case 'DELETE':
        expect(event.resource, `${id} DELETE of another record`).toBe(known);
        break;
    }
    if (event.type === 'DELETE') this.#records.delete(id);
    else this.#records.set(id, event.resource);
  }
}

function isSameState({ resource, previous }: CacheEvent): boolean {
  return (
    previous !== undefined &&
    resource.modRevision === previous.modRevision &&
    resource.createRevision === previous.createRevision &&
    resource.encoded === previous.encoded
  );
}
