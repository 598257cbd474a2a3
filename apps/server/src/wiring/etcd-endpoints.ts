import { storeKeys, type Configuration } from '../configuration/index.ts';
import { StartError } from '../lifecycle/start-error.ts';

/** Where the own etcd cluster is. */
export interface EtcdEndpoints {
  /** URLs without credentials, such as `http://10.0.0.1:2379`; at least one. */
  readonly urls: readonly string[];
  /** Who to log in as, when a URL says so. */
  readonly user: { readonly name: string; readonly password: string } | undefined;
}

/**
 * Reads the addresses of the own cluster: of a plain list all of them, of a list of clusters (`name=url,url,name=url`)
 * those of `registry.etcd.cluster.name`, which `registry.etcd.cluster.managerEndpoints` replaces (spec 02 §1.10).
 *
 * @throws StartError when there is none, or one is malformed
 */
export function etcdEndpoints(configuration: Configuration): EtcdEndpoints {
  const key = storeKeys.clusterEndpoints;
  const addresses = ownAddresses(configuration);
  const urls = addresses.map((address) => {
    const url = URL.parse(address.includes('://') ? address : `http://${address}`);
    if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
      throw new StartError(
        `${key.name} (${configuration.originOf(key)}) has the address ${JSON.stringify(key.show(address))}; it must be a URL such as http://10.0.0.1:2379`,
      );
    }
    return url;
  });
  const login = urls.find((url) => url.username !== '');
  return {
    urls: urls.map(({ protocol, host }) => `${protocol}//${host}`),
    user: login && {
      name: decodeURIComponent(login.username),
      password: decodeURIComponent(login.password),
    },
  };
}

function ownAddresses(configuration: Configuration): readonly string[] {
  const key = storeKeys.clusterEndpoints;
  const origin = configuration.originOf(key);
  const entries = configuration.get(key);
  if (!entries.some((entry) => namedEntry.test(entry))) {
    if (entries.length === 0) throw new StartError(`${key.name} (${origin}) names no address`);
    return entries;
  }
  const clusters = readClusters(entries);
  const name = configuration.get(storeKeys.clusterName);
  const replacement = configuration.get(storeKeys.clusterManagerEndpoints);
  const own = replacement.length > 0 ? replacement : (clusters.get(name) ?? []);
  if (own.length === 0) {
    throw new StartError(
      `${key.name} (${origin}) has the clusters ${[...clusters.keys()].join(', ')}; one of them must be ${storeKeys.clusterName.name}, which is ${name}`,
    );
  }
  return own;
}

/** `sc-0=http://10.0.0.1:2379`; a `=` inside of a URL is none. */
const namedEntry = /^([^=:/@]+)=(.*)$/;

function readClusters(entries: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const clusters = new Map<string, string[]>();
  let current: string[] = [];
  for (const entry of entries) {
    const [, name, first] = namedEntry.exec(entry) ?? [];
    if (name !== undefined) {
      current = clusters.get(name.trim()) ?? [];
      clusters.set(name.trim(), current);
    }
    const address = (first ?? entry).trim();
    if (address !== '') current.push(address);
  }
  return clusters;
}
