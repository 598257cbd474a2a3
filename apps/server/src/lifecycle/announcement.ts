import { formatAuthority, isUnspecified } from '../network/authority.ts';

/** What is said about a server that is ready. */
export interface Announcement {
  /** The product's version. */
  readonly version: string;
  /** The address that is bound. */
  readonly address: string;
  readonly port: number;
  /** Where the data is, in words and without secrets. */
  readonly store: string;
  /** How many processes serve. */
  readonly workers: number;
}

/** The line that says that a server is ready, and where. */
export function announce({ version, address, port, store, workers }: Announcement): string {
  const isEverywhere = isUnspecified(address);
  const url = `http://${formatAuthority(isEverywhere ? '127.0.0.1' : address, port)}`;
  const reach = isEverywhere ? ' (and every other address of this machine)' : '';
  const sharing = workers === 1 ? '' : `${workers} workers and `;
  return `Service-Center ${version} is ready at ${url}${reach} with ${sharing}its data in ${store}\n`;
}
