/**
 * What a client of an event stream subscribes to; always inside the tenant, or for `domain` the domain, of the client.
 * Where `environment` is undefined every environment is meant; `''` is the empty environment.
 */
export type EventTopic =
  /** Everything in all projects of the domain. */
  | { readonly kind: 'domain' }
  /** Everything in the project. */
  | { readonly kind: 'project' }
  /** The services of an application. */
  | { readonly kind: 'app'; readonly appId: string; readonly environment?: string }
  /** All versions of a service, by its name; there may be none yet. */
  | {
      readonly kind: 'provider';
      readonly appId: string;
      readonly serviceName: string;
      readonly environment?: string;
    }
  /** One version of a service. */
  | { readonly kind: 'service'; readonly serviceId: string }
  /** The services that this one depends on and may use. */
  | { readonly kind: 'consumer'; readonly serviceId: string };

/** How many topics one subscription may have; it needs one at least. */
export const maxEventTopics = 100;

/** What a client asks an event stream for. */
export interface SubscribeRequest {
  /** 1 to {@link maxEventTopics}. A change that fits several is sent once. */
  readonly topics: readonly EventTopic[];
  /** Where to go on, as the stream gave it; undefined for a stream that starts with a snapshot. */
  readonly position?: string;
}
