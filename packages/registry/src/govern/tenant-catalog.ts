import type { Aggregator } from '@service-center/aggregator';
import {
  formatTenant,
  type CacheEvent,
  type ResourceRecord,
  type ServiceIdentity,
  type Tenant,
} from '@service-center/sdcommon';

import type { SharedServices } from '../service/shared-services.ts';
import { ServiceBook } from './service-book.ts';

/** What a {@link TenantCatalog} works with. */
export interface TenantCatalogOptions {
  readonly aggregator: Pick<Aggregator, 'instances'>;
  readonly sharedServices: SharedServices;
}

/** How much a tenant has registered (spec 01 §4.10 #45). */
export interface Statistics {
  readonly services: {
    /** Different names, versions aside. */
    readonly count: number;
    /** Those with an instance. */
    readonly onlineCount: number;
  };
  readonly instances: { readonly count: number };
  readonly apps: { readonly count: number };
}

interface TenantBooks {
  readonly own: ServiceBook;
  readonly shared: ServiceBook;
}

/**
 * Knows how much each tenant has registered without counting it anew: a console asks for that every few seconds.
 * Shared services are booked apart, since most answers leave them out.
 */
export class TenantCatalog {
  readonly #instances: Aggregator['instances'];
  readonly #sharedServices: SharedServices;
  readonly #tenants = new Map<string, TenantBooks>();

  constructor(options: TenantCatalogOptions) {
    this.#instances = options.aggregator.instances;
    this.#sharedServices = options.sharedServices;
  }

  /** Takes over a service that is cached already, or has changed. */
  add({ identity, value }: ResourceRecord<'SERVICE'>): void {
    const { tenant, serviceId } = identity;
    const name = formatTenant(tenant);
    let books = this.#tenants.get(name);
    if (books === undefined) {
      books = { own: new ServiceBook(), shared: new ServiceBook() };
      this.#tenants.set(name, books);
    }
    const isShared = this.#sharedServices.isSharedService(tenant, value);
    (isShared ? books.shared : books.own).add(serviceId, value);
    this.#countInstances(identity);
  }

  /** Takes over an event of the caches. */
  handle(event: CacheEvent<'SERVICE' | 'INSTANCE'>): void {
    if (event.resourceType === 'INSTANCE') {
      if (event.type !== 'UPDATE') this.#countInstances(event.resource.identity);
    } else if (event.type === 'DELETE') this.#remove(event.resource.identity);
    else this.add(event.resource);
  }

  /** How much a tenant has registered. */
  statistics(tenant: Tenant, withShared: boolean): Statistics {
    const books = this.#books(tenant, withShared);
    return {
      services: {
        count: sum(books, ({ names }) => names),
        onlineCount: sum(books, ({ onlineNames }) => onlineNames),
      },
      instances: { count: sum(books, ({ instances }) => instances) },
      apps: {
        count: distinct(
          books.flatMap((book) => [...book.environments].map((each) => book.apps(each))),
        ).size,
      },
    };
  }

  /** The applications that have a service in an environment. */
  apps(tenant: Tenant, environment: string, withShared: boolean): readonly string[] {
    const books = this.#books(tenant, withShared);
    return [...distinct(books.map((book) => book.apps(environment)))];
  }

  #books(tenant: Tenant, withShared: boolean): readonly ServiceBook[] {
    const books = this.#tenants.get(formatTenant(tenant));
    if (books === undefined) return [];
    return withShared ? [books.own, books.shared] : [books.own];
  }

  #remove({ tenant, serviceId }: ServiceIdentity): void {
    const name = formatTenant(tenant);
    const books = this.#tenants.get(name);
    if (books === undefined) return;
    books.own.remove(serviceId);
    books.shared.remove(serviceId);
    if (books.own.size + books.shared.size === 0) this.#tenants.delete(name);
  }

  /** Not counted up and down by events: the caches are ahead of what they tell, and a service may come in between. */
  #countInstances({ tenant, serviceId }: ServiceIdentity): void {
    const books = this.#tenants.get(formatTenant(tenant));
    if (books === undefined) return;
    const book = books.own.has(serviceId) ? books.own : books.shared;
    book.setInstances(serviceId, this.#instances.countOf(tenant, serviceId));
  }
}

function sum(books: readonly ServiceBook[], count: (book: ServiceBook) => number): number {
  return books.reduce((total, book) => total + count(book), 0);
}

function distinct(lists: readonly Iterable<string>[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const list of lists) for (const text of list) all.add(text);
  return all;
}
