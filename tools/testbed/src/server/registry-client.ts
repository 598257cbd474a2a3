import { Agent, request } from 'node:http';

/** An answer as it came. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** An instance as this client reads it. */
export interface ListedInstance {
  readonly instanceId: string;
  readonly status: string;
}

/** The answer to a find. */
export interface FoundInstances {
  /** Status by instanceId; empty when nothing was modified. */
  readonly instances: ReadonlyMap<string, string>;
  readonly isNotModified: boolean;
  /** To be sent with the next find. */
  readonly revision: string;
}

/** What the testbed asks of a registry, over kept-alive connections. */
export class RegistryClient {
  readonly #base: URL;
  readonly #agent: Agent;
  readonly #timeoutMs: number | undefined;

  /**
   * @param connections - how many connections at most
   * @param timeoutMs - how long to wait for an answer. Default: for ever
   */
  constructor(baseUrl: string, connections = 100, timeoutMs?: number) {
    this.#base = new URL(baseUrl);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#timeoutMs = timeoutMs;
  }

  /** @throws when the connection breaks before the whole answer is there, or the answer takes too long */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const outgoing = request(
      new URL(path, this.#base),
      {
        method,
        agent: this.#agent,
        headers,
        ...(this.#timeoutMs !== undefined && { signal: AbortSignal.timeout(this.#timeoutMs) }),
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.once('error', reject);
        incoming.once('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }

  /** Registers a service and returns its id. */
  async registerService(
    serviceName: string,
    appId = 'testbed',
    version = '1.0.0',
  ): Promise<string> {
    const answer = await this.send('POST', '/v4/default/registry/microservices', {
      service: { appId, serviceName, version },
    });
    return member(JSON.parse(expectOk(answer).body), 'serviceId');
  }

  /** Registers an instance under an id of the caller's choice; resolves when it was acknowledged. */
  async registerInstance(
    serviceId: string,
    instanceId: string,
    healthCheck: { readonly interval: number; readonly times: number } = { interval: 30, times: 3 },
  ): Promise<void> {
    expectOk(
      await this.send('POST', `/v4/default/registry/microservices/${serviceId}/instances`, {
        instance: {
          instanceId,
          hostName: `host-${instanceId}`,
          endpoints: [`rest://10.0.0.1:8080/${instanceId}`],
          healthCheck: { mode: 'push', ...healthCheck },
        },
      }),
    );
  }

  /** Sends one heartbeat; false when the registry does not know the instance. */
  async heartbeat(serviceId: string, instanceId: string): Promise<boolean> {
    const answer = await this.send(
      'PUT',
      `/v4/default/registry/microservices/${serviceId}/instances/${instanceId}/heartbeat`,
    );
    if (answer.status === 400 && answer.body.includes('"errorCode":"400017"')) return false;
    expectOk(answer);
    return true;
  }

  /** The instances of a service. */
  async listInstances(serviceId: string): Promise<readonly ListedInstance[]> {
    const path = `/v4/default/registry/microservices/${serviceId}/instances`;
    return readInstances(expectOk(await this.send('GET', path)));
  }

  /**
   * Finds the instances of every version of a service.
   *
   * @param rev - the revision of the answer that the caller has; `''` for none
   */
  async find(appId: string, serviceName: string, rev: string): Promise<FoundInstances> {
    const query = new URLSearchParams({ appId, serviceName, version: '0+', ...(rev && { rev }) });
    const answer = await this.send('GET', `/v4/default/registry/instances?${query.toString()}`);
    const isNotModified = answer.status === 304;
    const instances = isNotModified ? [] : readInstances(expectOk(answer));
    return {
      instances: new Map(instances.map(({ instanceId, status }) => [instanceId, status])),
      isNotModified,
      revision: String(answer.headers['x-resource-revision']),
    };
  }

  /** Closes the connections. */
  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

function expectOk(answer: HttpAnswer): HttpAnswer {
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body}`);
  return answer;
}

function readInstances(answer: HttpAnswer): readonly ListedInstance[] {
  const body: unknown = JSON.parse(answer.body);
  if (typeof body !== 'object' || body === null || !('instances' in body)) return [];
  if (!Array.isArray(body.instances)) throw new Error(`no list of instances in ${answer.body}`);
  return body.instances.map((instance: unknown) => ({
    instanceId: member(instance, 'instanceId'),
    status: member(instance, 'status'),
  }));
}

function member(object: unknown, name: string): string {
  const value: unknown =
    typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
  if (typeof value !== 'string') throw new Error(`no ${name} in ${JSON.stringify(object)}`);
  return value;
}
