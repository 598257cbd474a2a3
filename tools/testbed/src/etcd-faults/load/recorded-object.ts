import type { RegistryStore } from '../scene/registry-store.ts';
import type { SceneServer } from '../scene/fault-scene.ts';
import type { FaultFigures } from '../fault-figures.ts';
import { numberProperty } from '../../push/client/received-frames.ts';
import {
  objectKey,
  type ChangeAction,
  type LoggedChange,
  type ServiceFacts,
} from '../../push/log/push-log.ts';
import type { FaultRecord } from './fault-record.ts';
import { pause } from './pause.ts';
import { outcomeOf, type RegistryRequest, type RequestOutcome } from './registry-answer.ts';

/** How long a write may take effect after it was refused: members of one machine agree within milliseconds. */
const lateWriteMs = 1000;

/** What a {@link RecordedObject} works with. */
export interface RecordedObjectOptions {
  readonly facts: ServiceFacts;
  /** Absent: the service itself. */
  readonly instance?: InstanceDescription;
  readonly record: FaultRecord;
  readonly store: RegistryStore;
  readonly figures: FaultFigures;
  /** Gives up waiting for a store that does not come back. */
  readonly signal: AbortSignal;
}

/** What a {@link RecordedObject} registers as an instance. */
interface InstanceDescription {
  readonly instanceId: string;
  readonly healthCheck: { readonly interval: number; readonly times: number };
}

/** A state that is there. */
interface Present {
  readonly number: number;
  readonly status: string;
  /** A status may come back only with a new number, so that no state comes twice. */
  readonly mayTurn: boolean;
}

/**
 * A service or an instance with one writer. Each write is recorded; what a write came to that nobody acknowledged is
 * asked of the store itself before the next one.
 */
export class RecordedObject {
  readonly path: string;
  readonly #options: RecordedObjectOptions;
  #present: Present | undefined;

  constructor(options: RecordedObjectOptions) {
    this.#options = options;
    const { facts, instance } = options;
    const service = `/v4/default/registry/microservices/${facts.serviceId}`;
    this.path = instance === undefined ? service : `${service}/instances/${instance.instanceId}`;
  }

  get serviceId(): string {
    return this.#options.facts.serviceId;
  }

  get instanceId(): string | undefined {
    return this.#options.instance?.instanceId;
  }

  get isPresent(): boolean {
    return this.#present !== undefined;
  }

  /** Whether {@link RecordedObject.turn} may be called. */
  get mayTurn(): boolean {
    return this.#present?.mayTurn === true;
  }

  /** Registers it. */
  register(server: SceneServer): Promise<RequestOutcome> {
    const next = { number: this.#options.record.recorder.next(), status: 'UP', mayTurn: true };
    return this.#write(server, 'CREATE', next, this.#registration(next));
  }

  /** Gives it a new number. */
  change(server: SceneServer): Promise<RequestOutcome> {
    const number = this.#options.record.recorder.next();
    const next = { number, status: this.#present?.status ?? '', mayTurn: true };
    const body = { properties: { [numberProperty]: String(number) } };
    return this.#write(server, 'UPDATE', next, {
      method: 'PUT',
      path: `${this.path}/properties`,
      body,
    });
  }

  /** Turns an instance up or down. */
  turn(server: SceneServer): Promise<RequestOutcome> {
    const status = this.#present?.status === 'UP' ? 'DOWN' : 'UP';
    const next = { number: this.#present?.number ?? 0, status, mayTurn: false };
    const path = `${this.path}/status?value=${status}`;
    return this.#write(server, 'UPDATE', next, { method: 'PUT', path });
  }

  /** Unregisters it. */
  unregister(server: SceneServer): Promise<RequestOutcome> {
    const path = this.instanceId === undefined ? `${this.path}?force=true` : this.path;
    return this.#write(server, 'DELETE', undefined, { method: 'DELETE', path });
  }

  /**
   * Takes note that an instance has expired.
   *
   * @param after - how long the record was when it was still there
   */
  expired(after: number): void {
    const { record } = this.#options;
    const { serviceId, instanceId } = this;
    const state = stateText(this.#present, instanceId);
    if (instanceId === undefined || state === undefined) return;
    record.expire({ serviceId, instanceId, state }, after);
    this.#present = undefined;
  }

  /** Compares what was acknowledged with what the store holds. */
  checkStored(stored: ReadonlyMap<string, string>): void {
    const state = stateText(this.#present, this.instanceId);
    const found = stored.get(objectKey(this));
    if (found === state) return;
    this.#options.figures.lost.push(
      `${objectKey(this)} is '${found ?? 'gone'}' in the store, not '${state ?? 'gone'}'`,
    );
  }

  async #write(
    server: SceneServer,
    action: ChangeAction,
    next: Present | undefined,
    request: RegistryRequest,
  ): Promise<RequestOutcome> {
    const { record, figures } = this.#options;
    const act = record.begin(this.#changeTo(action, next));
    const startedMs = performance.now();
    const outcome = await outcomeOf(server.client, request);
    switch (outcome) {
      case 'accepted':
        figures.acknowledged++;
        record.acknowledge(act);
        this.#present = next;
        break;
      case 'notThere':
        record.drop(act);
        figures.lost.push(`${objectKey(this)} is not known to ${server.name} at a ${action}`);
        break;
      case 'refused':
        figures.refuse(performance.now() - startedMs);
        await this.#settle(act, next);
        break;
      case 'unanswered':
        figures.unanswered++;
        await this.#settle(act, next);
        break;
    }
    return outcome;
  }

  /** Finds out what a write came to that nobody acknowledged. */
  async #settle(act: number, next: Present | undefined): Promise<void> {
    const { store, record, figures, signal } = this.#options;
    // What a member had passed on before it went may still be written after the answer was given up.
    await pause(lateWriteMs, signal);
    const stored = await store.stateOf(this, signal);
    if (stored === stateText(next, this.instanceId)) {
      record.acknowledge(act);
      this.#present = next;
      return;
    }
    const { serviceId, instanceId } = this;
    const before = stateText(this.#present, instanceId);
    const state = stateText(next, instanceId);
    // A registration that was written and refused is there until its lease runs out, which nobody renews.
    const mayBeTakenBack = before === undefined && instanceId !== undefined;
    if (mayBeTakenBack && state !== undefined)
      record.retract(act, { serviceId, instanceId, state });
    else record.drop(act);
    if (stored === before) return;
    figures.lost.push(
      `${objectKey(this)} is '${stored ?? 'gone'}' after a write that failed, not '${before ?? 'gone'}'`,
    );
  }

  #changeTo(action: ChangeAction, next: Present | undefined): LoggedChange {
    const { serviceId, instanceId } = this;
    const state = stateText(next ?? this.#present, instanceId) ?? '';
    return { action, serviceId, ...(instanceId !== undefined && { instanceId }), state };
  }

  #registration({ number }: Present): RegistryRequest {
    const { facts, instance } = this.#options;
    const properties = { [numberProperty]: String(number) };
    if (instance === undefined) {
      const { project, ...service } = facts;
      const path = `/v4/${project}/registry/microservices`;
      return { method: 'POST', path, body: { service: { ...service, properties } } };
    }
    const { instanceId, healthCheck } = instance;
    return {
      method: 'POST',
      path: `/v4/default/registry/microservices/${facts.serviceId}/instances`,
      body: {
        instance: {
          instanceId,
          hostName: 'host',
          endpoints: [`rest://10.0.0.1:8080/${instanceId}`],
          healthCheck: { mode: 'push', ...healthCheck },
          properties,
        },
      },
    };
  }
}

function stateText(
  present: Present | undefined,
  instanceId: string | undefined,
): string | undefined {
  if (present === undefined) return undefined;
  return instanceId === undefined ? String(present.number) : `${present.number}/${present.status}`;
}
