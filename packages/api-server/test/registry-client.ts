import { assertDocumented } from './documented.ts';
import type { RunningServer } from './running-server.ts';

/** The few calls that tests need to put something into a registry. */
export class RegistryClient {
  readonly #baseUrl: string;
  readonly #domain: string;

  constructor(server: RunningServer, domain = 'default') {
    this.#baseUrl = `${server.baseUrl}/v4/default/registry`;
    this.#domain = domain;
  }

  async registerService(serviceName: string): Promise<string> {
    const service = { serviceName, appId: 'app', version: '1.0.0' };
    return this.#create('/microservices', { service }, 'serviceId');
  }

  async registerInstance(serviceId: string, hostName: string): Promise<string> {
    const instance = { hostName, endpoints: [`rest://${hostName}:8080`] };
    return this.#create(`/microservices/${serviceId}/instances`, { instance }, 'instanceId');
  }

  /** @throws Error when the answer is no success */
  async call(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: { 'X-Domain-Name': this.#domain },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assertDocumented({
      method,
      target: `/v4/default/registry${path}`,
      status: response.status,
      headers: new Map(response.headers),
      body: await response.clone().text(),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response;
  }

  async #create(path: string, body: unknown, member: string): Promise<string> {
    const created: unknown = await (await this.call('POST', path, body)).json();
    if (typeof created === 'object' && created !== null) {
      const id: unknown = Reflect.get(created, member);
      if (typeof id === 'string') return id;
    }
    throw new Error(`${path} answered without ${member}`);
  }
}
