import type { MicroServiceInstance } from './microservice-instance.ts';
import type { MicroServiceKey } from './microservice.ts';

/** What happened to an instance of a provider. `EXPIRE`: forget what you know of the provider and find again. */
export type WatchAction = 'INIT' | 'CREATE' | 'UPDATE' | 'DELETE' | 'EXPIRE';

/** The message that a consumer receives on its websocket (spec 04 §5.2). */
export interface WatchInstanceEvent {
  readonly action: WatchAction;
  /** The provider. */
  readonly key: MicroServiceKey;
  /** Absent in `EXPIRE`; the last known state in `DELETE`. */
  readonly instance: MicroServiceInstance | undefined;
}
