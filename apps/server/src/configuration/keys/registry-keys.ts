import { ConfigurationKey } from '../configuration-key.ts';
import { maskSecretMembers } from '../secrets.ts';
import {
  choice,
  cron,
  decimal,
  duration,
  flag,
  integer,
  list,
  text,
  textMap,
} from '../value-type.ts';

/** The registry's own rules (spec 05 §6.2, spec 03 §12.5). */
export const registryKeys = {
  kind: new ConfigurationKey({
    name: 'registry.kind',
    type: choice('embedded', 'embedded_etcd', 'embeded_etcd', 'etcd', 'mongo', 'buildin'),
    default: 'embedded',
    aliases: ['registry_plugin'],
    shipped: 'etcd',
    meaning:
      'The store: `embedded` keeps the data in a directory of this server; `embedded_etcd` and `embeded_etcd` are taken for it. `etcd` keeps it in an etcd cluster, for any number of servers. `mongo` and `buildin` are refused at start: this version does not have them.',
  }),
  embeddedDirectory: new ConfigurationKey({
    name: 'registry.embedded.dir',
    type: text,
    default: './data',
    meaning: 'The data directory of the embedded store; one running server owns it.',
  }),
  cacheMode: new ConfigurationKey({
    name: 'registry.cache.mode',
    type: flag,
    default: '1',
    aliases: ['enable_cache'],
    effect: 'later',
    meaning: '0 reads every answer from the store and pushes nothing.',
  }),
  cacheTtl: new ConfigurationKey({
    name: 'registry.cache.ttl',
    type: duration(),
    default: '5m',
    environment: 'CACHE_TTL',
    aliases: ['cache_ttl'],
    meaning:
      'How often the queue of dependency declarations is looked at without being told; less than 5m counts as 5m. The caches need no such round: they are compared with the store every five minutes.',
  }),
  findVersionRule: new ConfigurationKey({
    name: 'registry.find.versionRule',
    type: choice('apply', 'ignore'),
    default: 'apply',
    meaning:
      'Whether finding instances honours the version rule of the request; `ignore` is what the 2.x generation does.',
  }),
  existenceVersionRule: new ConfigurationKey({
    name: 'registry.existence.versionRule',
    type: choice('apply', 'refuse'),
    default: 'apply',
    meaning:
      'Whether asking for the existence of a service may be done with a version rule; `refuse` takes exact versions only, as the 2.x generation does.',
  }),
  globalVisible: new ConfigurationKey({
    name: 'registry.service.globalVisible',
    type: list,
    default: '',
    environment: 'CSE_SHARED_SERVICES',
    meaning: 'The names of services of `default/default` that every tenant sees.',
  }),
  serviceRetireDisable: new ConfigurationKey({
    name: 'registry.service.retire.disable',
    type: flag,
    default: 'false',
    meaning: 'Switches off the job that removes old versions without instances.',
  }),
  serviceRetireCron: new ConfigurationKey({
    name: 'registry.service.retire.cron',
    type: cron,
    default: '0 1 * * *',
    meaning: 'When that job runs.',
  }),
  serviceRetireReserve: new ConfigurationKey({
    name: 'registry.service.retire.reserve',
    type: integer(0, 1_000_000),
    default: '3',
    meaning: 'How many of the newest versions that job keeps.',
  }),
  serviceClearEnable: new ConfigurationKey({
    name: 'registry.service.clearEnable',
    type: flag,
    default: 'false',
    environment: 'SERVICE_CLEAR_ENABLED',
    meaning: 'Runs the 1.3 job that removes services without instances.',
  }),
  serviceClearInterval: new ConfigurationKey({
    name: 'registry.service.clearInterval',
    type: duration(1000),
    default: '12h',
    environment: 'SERVICE_CLEAR_INTERVAL',
    meaning: 'How often that job runs: 30s to 24h, anything else counts as 12h.',
  }),
  serviceClearTtl: new ConfigurationKey({
    name: 'registry.service.clearTTL',
    type: duration(1000),
    default: '24h',
    environment: 'SERVICE_TTL',
    meaning:
      'How old a service without instances has to be for that job: at least 30s, less counts as 24h.',
  }),
  instanceEndpoint: new ConfigurationKey({
    name: 'registry.instance.endpoint',
    type: text,
    default: '',
    meaning:
      'The `host` or `host:port` under which the server registers itself. Empty: the address it listens on; when that is every interface, the first address that is not loopback.',
  }),
  instanceTtl: new ConfigurationKey({
    name: 'registry.instance.ttl',
    type: integer(0, 2_147_483_647),
    default: '0',
    environment: 'INSTANCE_TTL',
    meaning:
      'Seconds an instance lives without a heartbeat, whatever it asked for; 0 leaves it to the instance.',
  }),
  instanceMinInterval: new ConfigurationKey({
    name: 'registry.instance.minInterval',
    type: duration(1000),
    default: '5s',
    meaning: 'The shortest interval between heartbeats; shorter ones are raised to it.',
  }),
  instanceMinTimes: new ConfigurationKey({
    name: 'registry.instance.minTimes',
    type: integer(1, 1_000_000),
    default: '3',
    meaning: 'The smallest number of missed heartbeats; smaller ones are raised to it.',
  }),
  instanceReregistration: new ConfigurationKey({
    name: 'registry.instance.reregistration',
    type: choice('update', 'renew'),
    default: 'update',
    meaning:
      'What a registration does whose instanceId is alive: `update` stores what differs and takes the new time to live; `renew` leaves both as they are, as the 2.x generation does.',
  }),
  datacenterName: new ConfigurationKey({
    name: 'registry.instance.datacenter.name',
    type: text,
    default: '',
    meaning: 'The data center of the server itself; counts only with region and zone.',
  }),
  datacenterRegion: new ConfigurationKey({
    name: 'registry.instance.datacenter.region',
    type: text,
    default: '',
    meaning: 'The region of the server itself.',
  }),
  datacenterZone: new ConfigurationKey({
    name: 'registry.instance.datacenter.availableZone',
    type: text,
    default: '',
    meaning: 'The availability zone of the server itself.',
  }),
  instanceProperties: new ConfigurationKey({
    name: 'registry.instance.properties',
    type: textMap,
    default: '{}',
    mask: maskSecretMembers,
    meaning:
      'Properties that every instance gets on top of its own; also given one by one, as `registry.instance.properties.NAME`.',
  }),
  preservationPercent: new ConfigurationKey({
    name: 'registry.instance.preservation.percent',
    type: decimal(0, 1),
    default: '0.8',
    meaning:
      'Self-preservation: the share of all instances that has to vanish at once to be taken for a fault and held back; 0 switches it off.',
  }),
  preservationWindow: new ConfigurationKey({
    name: 'registry.instance.preservation.window',
    type: duration(1),
    default: '2s',
    meaning: 'Self-preservation: the span that counts as at once.',
  }),
  preservationMaximum: new ConfigurationKey({
    name: 'registry.instance.preservation.max',
    type: duration(1000),
    default: '600s',
    meaning: 'Self-preservation: the longest time an instance is held back.',
  }),
  preservationPopulation: new ConfigurationKey({
    name: 'registry.instance.preservation.minPopulation',
    type: integer(0, 1_000_000_000),
    default: '5',
    meaning: 'Self-preservation: with this many instances or fewer nothing is held back.',
  }),
  dependencyProviderVersion: new ConfigurationKey({
    name: 'registry.dependency.providerVersion',
    type: choice('keep', 'any'),
    default: 'keep',
    meaning:
      'What becomes of the version of a provider in a declared dependency: `keep` checks and stores it; `any` does not read it and stores `0.0.0+`, as the 2.x generation does. What is stored already stays.',
  }),
  dependencyWildcard: new ConfigurationKey({
    name: 'registry.dependency.wildcard',
    type: flag,
    default: 'true',
    meaning:
      'Whether a declared dependency may name the provider `*`, which stands for every service of the environment; `false` refuses it, as the 2.x generation does. What is stored already stays.',
  }),
  ruleEnable: new ConfigurationKey({
    name: 'registry.rule.enable',
    type: flag,
    default: 'true',
    meaning:
      'Black and white lists of services. With `false` there are none, as in the 2.x generation: their routes are 404, what registrations carry is ignored, and what is stored has no effect.',
  }),
  watchExpire: new ConfigurationKey({
    name: 'registry.watch.expire',
    type: flag,
    default: 'true',
    meaning:
      'Whether watching consumers get `EXPIRE`: when the rules of a provider or their own tags change, and when they were too slow for what happens. `false` never sends it, as the 2.x generation.',
  }),
  schemaDisable: new ConfigurationKey({
    name: 'registry.schema.disable',
    type: flag,
    default: 'false',
    environment: 'SCHEMA_DISABLE',
    meaning: 'Refuses changes of single contracts.',
  }),
  schemaEditable: new ConfigurationKey({
    name: 'registry.schema.editable',
    type: flag,
    default: 'true',
    environment: 'SCHEMA_EDITABLE',
    meaning:
      'Allows changes of contracts in production, as 2.x does; `false` freezes them as 1.x does.',
  }),
  schemaRetireCron: new ConfigurationKey({
    name: 'registry.schema.retire.cron',
    type: cron,
    default: '0 2 * * *',
    meaning: 'When contracts that nothing refers to are removed.',
  }),
  selfRegister: new ConfigurationKey({
    name: 'registry.selfRegister',
    type: flag,
    default: '1',
    aliases: ['self_register'],
    meaning: 'Whether the server registers itself as `SERVICECENTER`.',
  }),
  heartbeatPingInterval: new ConfigurationKey({
    name: 'heartbeat.websocket.pingInterval',
    type: duration(),
    default: '30s',
    meaning:
      'How often an instance is asked for a heartbeat over its websocket; what is not between 1 s and 1 h counts as 30 s.',
  }),
} as const;
