import { ConfigurationKey } from '../configuration-key.ts';
import { choice, duration, integer, list, text } from '../value-type.ts';

/** Connections to stores outside of the server, and where services are discovered (spec 05 §6.2). */
export const storeKeys = {
  autoSyncInterval: new ConfigurationKey({
    name: 'registry.etcd.autoSyncInterval',
    type: duration(),
    default: '30s',
    aliases: ['auto_sync_interval'],
    formerNames: ['registry.autoSyncInterval'],
    meaning:
      'How often etcd is asked for its members, and once after the start; below 1s never. What they advertise is used, at most 16 addresses, only while no configured address serves, and left the next time that etcd is asked after one serves again. Whether the member in use serves is asked every second, whatever this says.',
  }),
  compactIndexDelta: new ConfigurationKey({
    name: 'registry.etcd.compact.indexDelta',
    type: integer(0, 2_147_483_647),
    default: '100',
    aliases: ['compact_index_delta'],
    formerNames: ['registry.compact.indexDelta'],
    meaning: 'How many revisions a compaction of etcd leaves; 0 never compacts.',
  }),
  compactInterval: new ConfigurationKey({
    name: 'registry.etcd.compact.interval',
    type: duration(),
    default: '12h',
    aliases: ['compact_interval'],
    formerNames: ['registry.compact.interval'],
    meaning: 'How often etcd is compacted, by one server at a time; 0 never compacts.',
  }),
  clusterName: new ConfigurationKey({
    name: 'registry.etcd.cluster.name',
    type: text,
    default: 'default',
    aliases: ['manager_name'],
    meaning: 'The name of the own cluster, as dumps and the list of clusters show it.',
  }),
  clusterManagerEndpoints: new ConfigurationKey({
    name: 'registry.etcd.cluster.managerEndpoints',
    type: list,
    default: '',
    aliases: ['manager_addr'],
    meaning:
      'With a list of clusters: the addresses of the own one, in place of those in the list. Without one, the reference means the peer address of an etcd inside it, and this has no effect.',
  }),
  clusterEndpoints: new ConfigurationKey({
    name: 'registry.etcd.cluster.endpoints',
    type: list,
    default: 'http://127.0.0.1:2379',
    aliases: ['manager_cluster'],
    meaning:
      'The addresses of etcd, or of several clusters as `name=url,url,name=url`, of which `registry.etcd.cluster.name` is taken. `https://` connects with TLS, and `https://user:password@host:port` logs in.',
  }),
  connectTimeout: new ConfigurationKey({
    name: 'registry.etcd.connect.timeout',
    type: duration(100),
    default: '10s',
    aliases: ['connect_timeout'],
    meaning:
      'How long connecting to etcd may take. The start tries again for as long as it takes, with waits of 1 s to 30 s.',
  }),
  requestTimeout: new ConfigurationKey({
    name: 'registry.etcd.request.timeout',
    type: duration(100),
    default: '5s',
    aliases: ['registry_timeout'],
    shipped: '30s',
    meaning:
      'How long an answer of etcd may take, so a write that meets an outage fails after this time. 5 s is longer than etcd takes to elect a leader (1 to 2 s), so an election fails no write, and shorter than clients wait for an answer.',
  }),
  mongoUri: new ConfigurationKey({
    name: 'registry.mongo.cluster.uri',
    type: text,
    default: 'mongodb://localhost:27017',
    aliases: ['manager_cluster'],
    shipped: 'mongodb://127.0.0.1:27017',
    effect: 'later',
    meaning: 'The address of MongoDB.',
  }),
  mongoPoolSize: new ConfigurationKey({
    name: 'registry.mongo.cluster.poolSize',
    type: integer(1, 1_000_000),
    default: '1000',
    effect: 'later',
    meaning: 'The most connections to MongoDB.',
  }),
  fastRegistrationQueueSize: new ConfigurationKey({
    name: 'registry.fastRegistration.queueSize',
    type: integer(0, 1_000_000_000),
    default: '0',
    effect: 'later',
    meaning:
      'How many registrations may wait to be written to MongoDB in the background; 0 waits for each.',
  }),
  heartbeatKind: new ConfigurationKey({
    name: 'heartbeat.kind',
    type: choice('cache', 'checker', 'heartbeatchecker'),
    default: 'cache',
    formerNames: ['registry.heartbeat.kind'],
    aliases: ['heartbeat_plugin'],
    effect: 'later',
    meaning: 'How heartbeats are kept on MongoDB.',
  }),
  heartbeatCacheCapacity: new ConfigurationKey({
    name: 'heartbeat.cacheCapacity',
    type: integer(1, 1_000_000_000),
    default: '10000',
    effect: 'later',
    meaning: 'How many heartbeats may wait on MongoDB.',
  }),
  heartbeatWorkers: new ConfigurationKey({
    name: 'heartbeat.workerNum',
    type: integer(1, 100_000),
    default: '10',
    effect: 'later',
    meaning: 'How many heartbeats are written to MongoDB at once.',
  }),
  heartbeatTimeout: new ConfigurationKey({
    name: 'heartbeat.timeout',
    type: integer(1, 86_400),
    default: '10',
    effect: 'later',
    meaning: 'Seconds a heartbeat may take on MongoDB.',
  }),
  discoveryKind: new ConfigurationKey({
    name: 'discovery.kind',
    type: choice('etcd', 'buildin', 'aggregate', 'k8s', 'servicecenter'),
    default: 'etcd',
    aliases: ['discovery_plugin'],
    effect: 'later',
    meaning: 'Where services are discovered; `etcd` stands for the own store.',
  }),
  discoveryAggregateMode: new ConfigurationKey({
    name: 'discovery.aggregate.mode',
    type: text,
    default: 'k8s,servicecenter',
    aliases: ['aggregate_mode'],
    effect: 'later',
    meaning: 'What `aggregate` puts together.',
  }),
} as const;
