import { FieldReader, readMicroService, type MicroServiceInstance } from '@service-center/sdcommon';

import type { HttpAnswer, RegistryClient } from '../../server/registry-client.ts';
import { findInstances, readInstances } from '../client/find-instances.ts';
import { instanceState, numberProperty, serviceState } from '../client/received-frames.ts';
import type { ProviderName } from '../client/watching-consumer.ts';
import {
  objectKey,
  type ChangeAction,
  type LoggedChange,
  type ObjectState,
  type ServiceFacts,
} from '../log/push-log.ts';
import type { PushRecorder } from '../log/push-recorder.ts';
import { waitUntil } from './wait-until.ts';

/** What is known of an object that is there. */
interface Present extends ObjectState {
  readonly number: number;
  readonly status: string;
  /** A status may come back only with a new number, so that no state comes twice. */
  readonly mayTurn: boolean;
}

/** What a {@link RecordedRegistry} works with. */
export interface RecordedRegistryOptions {
  readonly client: RegistryClient;
  readonly recorder: PushRecorder;
  readonly services: readonly ServiceFacts[];
}

/** How long an effect that comes by itself may take. */
const patienceMs = 60_000;

/** Writes to a registry over HTTP and records each write, with a number in it by which it is recognised. */
export class RecordedRegistry {
  readonly #options: RecordedRegistryOptions;
  readonly #services: ReadonlyMap<string, ServiceFacts>;
  readonly #present = new Map<string, Present>();
  readonly #dependencies = new Set<string>();
  readonly #ruleIds = new Map<string, string>();
  #changes = 0;

  constructor(options: RecordedRegistryOptions) {
    this.#options = options;
    this.#services = new Map(options.services.map((facts) => [facts.serviceId, facts]));
    for (const facts of options.services) options.recorder.record({ type: 'service', ...facts });
  }

  /** How many changes of objects were written. */
  get changes(): number {
    return this.#changes;
  }

  /** The providers that a consumer depends on, as far as it asked for them. */
  providersOf(consumerId: string): readonly ProviderName[] {
    return [...this.#services.values()].filter((facts) =>
      this.#dependencies.has(dependencyKey(consumerId, facts)),
    );
  }

  /** Whether a service is there. */
  hasService(serviceId: string): boolean {
    return this.#present.has(serviceId);
  }

  /**
   * Registers what is not there, and gives everything else a new number.
   *
   * @param fillBytes - how much more than that the object carries
   */
  async change(serviceId: string, instanceId?: string, fillBytes = 0): Promise<void> {
    const key = objectKey({ serviceId, instanceId });
    const present = this.#present.get(key);
    const number = this.#options.recorder.next();
    const status = present?.status ?? 'UP';
    const state = instanceId === undefined ? String(number) : `${number}/${status}`;
    const object = { serviceId, ...(instanceId !== undefined && { instanceId }), state };
    const properties = { [numberProperty]: String(number), fill: 'x'.repeat(fillBytes) };
    await this.#write({ ...object, action: present === undefined ? 'CREATE' : 'UPDATE' }, () =>
      present === undefined
        ? this.#register(serviceId, instanceId, properties)
        : this.#send('PUT', `${this.#path(object)}/properties`, { properties }),
    );
    this.#present.set(key, { ...object, number, status, mayTurn: true });
  }

  /** Turns an instance up or down; nothing happens where that would bring back a state it had. */
  async turn(serviceId: string, instanceId: string): Promise<void> {
    const key = objectKey({ serviceId, instanceId });
    const present = this.#present.get(key);
    if (present === undefined || !present.mayTurn) return;
    const status = present.status === 'UP' ? 'DOWN' : 'UP';
    const object = { serviceId, instanceId, state: `${present.number}/${status}` };
    await this.#write({ ...object, action: 'UPDATE' }, () =>
      this.#send('PUT', `${this.#path(object)}/status?value=${status}`),
    );
    this.#present.set(key, { ...object, number: present.number, status, mayTurn: false });
  }

  /** Unregisters an instance, or a service with all its instances; nothing happens when it is not there. */
  async delete(serviceId: string, instanceId?: string): Promise<void> {
    const key = objectKey({ serviceId, instanceId });
    const gone = [...this.#present].filter(
      ([other, object]) =>
        other === key || (instanceId === undefined && object.serviceId === serviceId),
    );
    if (gone.length === 0) return;
    const { recorder } = this.#options;
    const changes = gone.map(([, object]) => changeOf('DELETE', object));
    const path = this.#path({ serviceId, ...(instanceId !== undefined && { instanceId }) });
    await recorder.act({ type: 'write', changes }, () =>
      this.#send('DELETE', instanceId === undefined ? `${path}?force=true` : path),
    );
    this.#changes += changes.length;
    for (const [other] of gone) this.#present.delete(other);
  }

  /** Registers an instance that sends no heartbeats; resolves when it has expired. */
  async expire(serviceId: string, instanceId: string): Promise<void> {
    const { recorder } = this.#options;
    const number = recorder.next();
    const object = { serviceId, instanceId, state: `${number}/UP` };
    await this.#write({ ...object, action: 'CREATE' }, () =>
      this.#register(
        serviceId,
        instanceId,
        { [numberProperty]: String(number) },
        { interval: 1, times: 1 },
      ),
    );
    await this.#write({ ...object, action: 'DELETE' }, async () => {
      await expectSoon(
        `${instanceId} expires`,
        async () => !(await this.#lists(serviceId, instanceId)),
      );
    });
  }

  /** Makes a consumer depend on every version of a provider, whether it may use them or not. */
  async depend(consumerId: string, provider: ServiceFacts): Promise<void> {
    const { appId, serviceName, serviceId } = provider;
    const key = dependencyKey(consumerId, provider);
    if (this.#dependencies.has(key) || !this.#present.has(serviceId)) return;
    const { recorder } = this.#options;
    await recorder.act({ type: 'depend', consumerId, appId, serviceName }, async () => {
      const { serviceId: _id, ...consumer } = this.#facts(consumerId);
      const providers = [{ appId, serviceName, version: '0.0.0+' }];
      await this.#send('POST', `/v4/${consumer.project}/registry/dependencies`, {
        dependencies: [{ consumer, providers }],
      });
      this.#dependencies.add(key);
      // The request is answered before the rule is stored.
      await expectSoon(`${consumerId} depends on ${serviceId}`, () =>
        this.#knowsProvider(consumerId, serviceId),
      );
    });
  }

  /** Keeps all consumers from a service, or lets them use it again. */
  async toggleBlock(serviceId: string): Promise<void> {
    const ruleId = this.#ruleIds.get(serviceId);
    const path = `${this.#path({ serviceId })}/rules`;
    const isBlocked = ruleId === undefined;
    await this.#options.recorder.act({ type: 'block', serviceId, isBlocked }, async () => {
      if (ruleId !== undefined) {
        await this.#send('DELETE', `${path}/${ruleId}`);
        this.#ruleIds.delete(serviceId);
        return;
      }
      const rule = { ruleType: 'BLACK', attribute: 'AppId', pattern: 'shop', description: '' };
      const answer = await this.#send('POST', path, { rules: [rule] });
      const [id = ''] = FieldReader.parse(answer.body).textList('RuleIds');
      this.#ruleIds.set(serviceId, id);
    });
  }

  /** What a consumer finds of a provider; nothing when it may not use it, or there is none. */
  find(consumerId: string, provider: ProviderName): Promise<readonly ObjectState[]> {
    return findInstances(this.#options.client, consumerId, provider);
  }

  /** Everything that the registry lists. */
  async list(): Promise<readonly ObjectState[]> {
    const projects = new Set([...this.#services.values()].map(({ project }) => project));
    const lists = await Promise.all(
      [...projects].map(async (project) => {
        const answer = await this.#send('GET', `/v4/${project}/registry/microservices`);
        const services = FieldReader.parse(answer.body).structList('services', readMicroService);
        const instances = await Promise.all(
          services.map(({ serviceId }) => this.#instances(serviceId)),
        );
        return services.map(serviceState).concat(instances.flat().map(instanceState));
      }),
    );
    return lists.flat();
  }

  async #write(change: LoggedChange, perform: () => Promise<unknown>): Promise<void> {
    await this.#options.recorder.act({ type: 'write', changes: [change] }, perform);
    this.#changes++;
  }

  #register(
    serviceId: string,
    instanceId: string | undefined,
    properties: Readonly<Record<string, string>>,
    healthCheck: { readonly interval: number; readonly times: number } = {
      interval: 60,
      times: 10,
    },
  ): Promise<HttpAnswer> {
    if (instanceId === undefined) {
      const { project, ...facts } = this.#facts(serviceId);
      const service = { ...facts, properties };
      return this.#send('POST', `/v4/${project}/registry/microservices`, { service });
    }
    return this.#send('POST', `${this.#path({ serviceId })}/instances`, {
      instance: {
        instanceId,
        hostName: 'host',
        endpoints: [`rest://10.0.0.1:8080/${instanceId}`],
        healthCheck: { mode: 'push', ...healthCheck },
        properties,
      },
    });
  }

  async #lists(serviceId: string, instanceId: string): Promise<boolean> {
    const instances = await this.#instances(serviceId);
    return instances.some((instance) => instance.instanceId === instanceId);
  }

  async #instances(serviceId: string): Promise<readonly MicroServiceInstance[]> {
    return readInstances(await this.#send('GET', `${this.#path({ serviceId })}/instances`));
  }

  async #knowsProvider(consumerId: string, serviceId: string): Promise<boolean> {
    const answer = await this.#send('GET', `${this.#path({ serviceId: consumerId })}/providers`);
    const providers = FieldReader.parse(answer.body).structList('providers', readMicroService);
    return providers.some((provider) => provider.serviceId === serviceId);
  }

  async #send(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    return expectOk(await this.#options.client.send(method, path, body));
  }

  #path({ serviceId, instanceId }: Omit<ObjectState, 'state'>): string {
    const { project } = this.#facts(serviceId);
    const service = `/v4/${project}/registry/microservices/${serviceId}`;
    return instanceId === undefined ? service : `${service}/instances/${instanceId}`;
  }

  #facts(serviceId: string): ServiceFacts {
    const facts = this.#services.get(serviceId);
    if (facts === undefined) throw new Error(`no service ${serviceId} is planned`);
    return facts;
  }
}

function changeOf(
  action: ChangeAction,
  { serviceId, instanceId, state }: ObjectState,
): LoggedChange {
  return { action, serviceId, ...(instanceId !== undefined && { instanceId }), state };
}

function dependencyKey(consumerId: string, { appId, serviceName }: ProviderName): string {
  return `${consumerId} ${appId} ${serviceName}`;
}

function expectOk(answer: HttpAnswer): HttpAnswer {
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body}`);
  return answer;
}

async function expectSoon(what: string, isSo: () => Promise<boolean>): Promise<void> {
  if (await waitUntil(isSo, patienceMs)) return;
  throw new Error(`it did not come to be that ${what}`);
}
