import type { MicroServiceInstance } from './microservice-instance.ts';
import type { MicroService, MicroServiceKey } from './microservice.ts';

/** What happened to a service or an instance. `INIT`: it is part of a snapshot. */
export type RegistryChangeAction = 'INIT' | 'CREATE' | 'UPDATE' | 'DELETE';

interface RegistryChangeBase {
  readonly action: RegistryChangeAction;
  /** The service, or the service of the instance. */
  readonly key: MicroServiceKey;
  /** Where to go on after this change. A snapshot has none until it is complete. */
  readonly position?: string;
}

/** A change of a service. */
export interface ServiceChange extends RegistryChangeBase {
  /** For `DELETE` its last value. */
  readonly service: MicroService;
  readonly instance?: undefined;
}

/** A change of an instance. */
export interface InstanceChange extends RegistryChangeBase {
  readonly service?: undefined;
  /** For `DELETE` its last value. */
  readonly instance: MicroServiceInstance;
}

/** One change as an event stream tells it. */
export type RegistryChange = ServiceChange | InstanceChange;
