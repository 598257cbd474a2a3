import {
  defaultTenant,
  leaseSeconds,
  ServiceCenterError,
  unixSeconds,
  type Backend,
  type Clock,
  type InstanceKey,
  type Logger,
} from '@service-center/sdcommon';

import type { RegistryConfig } from '../registry-config.ts';
import { randomId } from '../service/random-id.ts';
import type { WriteBarrier } from '../write/index.ts';
import { selfHealthCheck, selfInstance, selfService } from './self-service.ts';

const heartbeatMs = selfHealthCheck.interval * 1000;
const stopTimeoutMs = 3000;

/** What a {@link SelfRegistration} works with. */
export interface SelfRegistrationOptions {
  readonly backend: Pick<Backend, 'services' | 'instances' | 'position'>;
  readonly barrier: WriteBarrier;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly config: RegistryConfig;
  /** The product's version. */
  readonly version: string;
}

/**
 * Keeps the server itself registered, as an instance of the service SERVICECENTER in default/default (spec 04 §4.7).
 * No quota applies to it.
 */
export class SelfRegistration {
  readonly #options: SelfRegistrationOptions;
  readonly #stop = new AbortController();
  #instance: InstanceKey | undefined;
  #adopted: InstanceKey | undefined;
  #starting: Promise<void> | undefined;
  #beating: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: SelfRegistrationOptions) {
    this.#options = options;
  }

  /** The server's own instance while it is registered. */
  get instance(): InstanceKey | undefined {
    return this.#instance ?? this.#adopted;
  }

  /** Takes note of the instance as which another process of this server keeps it registered. */
  adopt(instance: InstanceKey): void {
    this.#adopted = instance;
  }

  /**
   * Registers the server and sends its heartbeats from then on. Does nothing when the configuration says so, or when it
   * is registered; after a failure it can be called again.
   *
   * @param endpoints - where clients reach the server, such as `rest://10.0.0.7:30100/`
   * @throws ServiceCenterError `unavailableBackend`; the signal's reason
   */
  async start(endpoints: readonly string[], signal?: AbortSignal): Promise<void> {
    if (!this.#options.config.self.register || this.#starting !== undefined) return;
    signal?.throwIfAborted();
    this.#starting = this.#register(endpoints);
    try {
      await this.#starting;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
    this.#beating = this.#beat(endpoints);
  }

  /** Ends the heartbeats and removes the server's instance; gives up on that after 3 s. Harmless when called again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#unregister();
    return this.#stopping;
  }

  async #register(endpoints: readonly string[]): Promise<void> {
    const { backend, barrier, clock, config, version } = this.#options;
    const now = unixSeconds(clock);
    const service = selfService(config.self, version, now);
    const serviceId =
      config.serviceIdKind === 'context'
        ? backend.services.contextServiceId(defaultTenant, service)
        : randomId();
    const registered = await backend.services.register({
      tenant: defaultTenant,
      service: { ...service, serviceId },
      isIdRequested: false,
    });
    const { epoch } = await backend.position(this.#stop.signal);
    const instance = selfInstance({
      config: config.self,
      serviceId: registered.serviceId,
      version,
      endpoints,
      epoch,
      now,
    });
    await barrier.passed(
      backend.instances.register({
        tenant: defaultTenant,
        instance,
        ttlSeconds: leaseSeconds(selfHealthCheck) ?? 0,
        isIdRequested: true,
      }),
    );
    this.#instance = {
      tenant: defaultTenant,
      serviceId: registered.serviceId,
      instanceId: instance.instanceId,
    };
  }

  async #beat(endpoints: readonly string[]): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stop;
    while (await this.#waited(heartbeatMs)) {
      try {
        await this.#renewOrRegister(endpoints);
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ err: error, atMs: clock.wallMs() }, 'could not renew the own registration');
      }
    }
  }

  async #renewOrRegister(endpoints: readonly string[]): Promise<void> {
    const { backend, logger } = this.#options;
    try {
      if (this.#instance !== undefined) {
        await backend.instances.renew(this.#instance);
        return;
      }
    } catch (error) {
      logger.warn({ err: error }, 'the own instance is gone; registering it again');
    }
    await this.#register(endpoints);
  }

  /** @returns false when it is over */
  async #waited(ms: number): Promise<boolean> {
    const { signal } = this.#stop;
    try {
      await this.#options.clock.sleep(ms, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  async #unregister(): Promise<void> {
    const { clock, logger } = this.#options;
    this.#stop.abort(new Error('the own registration is ended'));
    const limit = new AbortController();
    try {
      await Promise.race([
        this.#removeInstance(),
        clock.sleep(stopTimeoutMs, limit.signal).then(() => {
          throw new ServiceCenterError('unavailableBackend', 'the store did not answer in time');
        }),
      ]);
    } catch (error) {
      // The lease runs out by itself.
      logger.warn({ err: error }, 'could not unregister the own instance');
    } finally {
      limit.abort();
    }
  }

  async #removeInstance(): Promise<void> {
    // Whoever started these learns how they ended; here they only have to be over.
    await Promise.allSettled([this.#starting, this.#beating]);
    const instance = this.#instance;
    if (instance === undefined) return;
    this.#instance = undefined;
    await this.#options.backend.instances.unregister(instance);
  }
}
