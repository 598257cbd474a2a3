import type { ServiceIdentity } from '@service-center/sdcommon';

import type { LogEntry } from './log-entry.ts';
import type { Stream } from './stream.ts';
import { serviceTopicKey } from './topic-keys.ts';

/** Services by their topic keys. */
export type Providers = ReadonlyMap<string, ServiceIdentity>;

/** A time in a view, in sequence numbers of the log, both included. */
interface Spell {
  readonly since: number;
  until: number;
}

// So few times are not worth a look whether some are of no use any more.
const fewSpells = 64;

/** The providers that the streams of one consumer are told of. */
export class ConsumerView {
  readonly consumer: ServiceIdentity;
  /** Names the consumer as `serviceTopicKey` does. */
  readonly key: string;
  /** All streams that have it. */
  readonly streams = new Set<Stream>();
  /** Those of them that take a change at once. */
  readonly live = new Set<Stream>();
  #providers: Map<string, ServiceIdentity>;
  /**
   * When services came into the view and left it, where that was while it was kept: a stream that is behind has yet to
   * be told what happened to those that are gone.
   */
  readonly #spells = new Map<string, Spell[]>();
  /** How many services have to have such times before it is looked which are of no use any more. */
  #nextLookAt = fewSpells;

  constructor(consumer: ServiceIdentity, providers: Providers) {
    this.consumer = consumer;
    this.key = serviceTopicKey(consumer.tenant, consumer.serviceId);
    this.#providers = new Map(providers);
  }

  /** The providers that exist. */
  get providers(): Providers {
    return this.#providers;
  }

  /** Whether a change belongs to the view. */
  covers({ keys, sequence }: LogEntry): boolean {
    const spells = this.#spells.get(keys.service);
    return spells === undefined
      ? this.#providers.has(keys.service)
      : spells.some(({ since, until }) => since <= sequence && sequence <= until);
  }

  /** A provider was created. @param since - sequence number of its creation */
  add(serviceKey: string, provider: ServiceIdentity, since: number): void {
    if (this.#providers.has(serviceKey)) return;
    this.#providers.set(serviceKey, provider);
    this.#addSpell(serviceKey, { since, until: Infinity });
  }

  /** A provider was deleted. */
  remove({ keys, sequence }: LogEntry): void {
    if (!this.#providers.delete(keys.service)) return;
    const last = this.#spells.get(keys.service)?.at(-1);
    if (last === undefined) this.#addSpell(keys.service, { since: 0, until: sequence });
    else last.until = sequence;
  }

  /** Covers what happened to a service that was a provider until it was deleted. */
  coverUntil({ keys, sequence }: LogEntry): void {
    const spells = this.#spells.get(keys.service);
    if (spells?.some(({ until }) => until === sequence) === true) return;
    const isThere = spells === undefined && this.#providers.has(keys.service);
    this.#addSpell(keys.service, { since: 0, until: sequence });
    if (isThere) this.#addSpell(keys.service, { since: sequence + 1, until: Infinity });
  }

  /**
   * Forgets what nobody can be behind any more, once that may be half of what is kept: called for each provider that
   * goes, a look at all of them would make the end of 5,000 providers cost millions of looks in every view.
   *
   * @param oldest - sequence number in the log
   */
  forgetBefore(oldest: number): void {
    if (this.#spells.size < this.#nextLookAt) return;
    for (const [serviceKey, spells] of this.#spells) {
      const kept = spells.filter(({ until }) => until >= oldest);
      const [only] = kept;
      const isPlain = kept.length === 1 && only?.until === Infinity && only.since <= oldest;
      if (kept.length === 0 || isPlain) this.#spells.delete(serviceKey);
      else this.#spells.set(serviceKey, kept);
    }
    this.#nextLookAt = Math.max(fewSpells, 2 * this.#spells.size);
  }

  #addSpell(serviceKey: string, spell: Spell): void {
    const spells = this.#spells.get(serviceKey);
    if (spells === undefined) this.#spells.set(serviceKey, [spell]);
    else spells.push(spell);
  }

  /** Begins anew with other providers. */
  replace(providers: Providers): void {
    this.#providers = new Map(providers);
    this.#spells.clear();
    this.#nextLookAt = fewSpells;
  }
}
