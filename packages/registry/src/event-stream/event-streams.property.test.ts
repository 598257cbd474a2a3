import {
  anyVersion,
  emptyStringMap,
  toStringMap,
  WatchError,
  type Clock,
  type EventTopic,
  type MicroServiceKey,
  type ResourceRecord,
  type Tenant,
} from '@service-center/sdcommon';
import {
  dependencyRuleDraft,
  instanceDraft,
  ruleDraft,
  sampleInstance,
  sampleRule,
  sampleService,
  serviceDraft,
  serviceTagDraft,
  type ResourceDraft,
  type ScriptedStep,
} from '@service-center/sdcommon/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { RecordingStream } from '../../test/recording-stream.ts';
import { tenant } from '../../test/requests.ts';
import { ScriptedStreams } from '../../test/scripted-streams.ts';

const tenants: readonly Tenant[] = [
  tenant,
  { domain: tenant.domain, project: 'p2' },
  { domain: 'd2', project: tenant.project },
];
const apps = ['shop', 'bank'];
const names = ['cart', 'desk', 'web'];
const environments = ['', 'production'];
const versions = ['1.0.0', '2.0.0'];

const serviceId = fc.integer({ min: 0, max: 5 }).map((number) => `s${number}`);
const anyTenant = fc.oneof(
  { weight: 4, arbitrary: fc.constant(tenant) },
  { weight: 1, arbitrary: fc.constantFrom(...tenants) },
);

/** A service whose name follows from its id, as a rule. */
const aService = fc
  .record({
    tenant: anyTenant,
    serviceId,
    other: fc.integer({ min: 0, max: 19 }),
    team: fc.nat(3),
    isOpen: fc.boolean(),
  })
  .map(({ tenant: owner, serviceId: id, other, team, isOpen }) => {
    const isOther = other === 0;
    const seed = Number(id.slice(1)) + (isOther ? 1 : 0);
    return serviceDraft(
      owner,
      sampleService({
        serviceId: id,
        appId: apps[seed % 5 === 0 ? 1 : 0] ?? '',
        serviceName: names[seed % 3] ?? '',
        environment: environments[seed % 4 === 1 ? 1 : 0] ?? '',
        version: isOther ? `3.${seed}.0` : (versions[Math.floor(seed / 3)] ?? ''),
        properties: toStringMap([
          ['team', String(team)],
          ['allowCrossApp', String(isOpen)],
        ]),
      }),
    );
  });

const anInstance = fc
  .record({ tenant: anyTenant, serviceId, number: fc.nat(2), status: fc.nat(9) })
  .map(({ tenant: owner, serviceId: id, number, status }) =>
    instanceDraft(
      owner,
      sampleInstance({
        serviceId: id,
        instanceId: `i${number}`,
        properties: toStringMap([['status', String(status)]]),
      }),
    ),
  );

const providerKey = fc.constantFrom<MicroServiceKey>(
  ...names.flatMap((serviceName) =>
    [anyVersion, 'latest', '1.0.0'].map((version) => ({
      tenant: `${tenant.domain}/${tenant.project}`,
      environment: '',
      appId: 'shop',
      serviceName,
      alias: '',
      version,
    })),
  ),
);

function nameOf(service: ResourceDraft<'SERVICE'>): MicroServiceKey {
  const { environment, appId, serviceName, version } = service.value;
  const { domain, project } = service.identity.tenant;
  return { tenant: `${domain}/${project}`, environment, appId, serviceName, alias: '', version };
}

/** What a consumer depends on from now on. */
interface Dependency {
  readonly kind: 'depend';
  readonly consumer: ResourceDraft<'SERVICE'>;
  readonly providers: readonly MicroServiceKey[];
}

type Step = ScriptedStep | Dependency;

const aDependency = fc
  .record({ consumer: aService, providers: fc.array(providerKey, { maxLength: 2 }) })
  .map((dependency): readonly Step[] => [{ kind: 'depend', ...dependency }]);

/** Writes both sides of dependencies, as a registry does. */
class DependencyScript {
  readonly #providers = new Map<string, readonly MicroServiceKey[]>();
  readonly #consumers = new Map<string, MicroServiceKey>();

  steps(steps: readonly Step[]): readonly ScriptedStep[] {
    return steps.flatMap((one) => (one.kind === 'depend' ? this.#write(one) : [one]));
  }

  #write({ consumer, providers }: Dependency): readonly ScriptedStep[] {
    const key = nameOf(consumer);
    const id = JSON.stringify(key);
    const touched = [...(this.#providers.get(id) ?? []), ...providers];
    this.#consumers.set(id, key);
    this.#providers.set(id, providers);
    const written = new Map<string, ScriptedStep>();
    for (const provider of touched) {
      const name = { ...provider, tenant };
      const consumers = [...this.#providers]
        .filter(([, wanted]) =>
          wanted.some((one) => JSON.stringify(one) === JSON.stringify(provider)),
        )
        .flatMap(([other]) => this.#consumers.get(other) ?? []);
      const draft = dependencyRuleDraft({ ...name, side: 'p' }, { Dependency: consumers });
      written.set(draft.key, put(draft, consumers.length));
    }
    const own = { ...key, tenant: consumer.identity.tenant, side: 'c' } as const;
    const draft = dependencyRuleDraft(own, { Dependency: providers });
    return [put(draft, providers.length), ...written.values()];
  }
}

/** A transaction writes a key once. */
function latestOfEach(steps: readonly ScriptedStep[]): readonly ScriptedStep[] {
  const byKey = new Map<string, ScriptedStep>();
  for (const one of steps) {
    byKey.delete(one.draft.key);
    byKey.set(one.draft.key, one);
  }
  return [...byKey.values()];
}

function put(draft: ResourceDraft, count: number): ScriptedStep {
  return count > 0 ? { kind: 'put', draft } : { kind: 'delete', draft, cause: 'delete' };
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: anInstance.map((draft): readonly Step[] => [{ kind: 'put', draft }]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anInstance, fc.constantFrom('unregister' as const, 'unknown' as const))
      .map(([draft, cause]): readonly Step[] => [{ kind: 'delete', draft, cause }]),
  },
  {
    weight: 3,
    arbitrary: aService.map((draft): readonly Step[] => [{ kind: 'put', draft }]),
  },
  {
    weight: 2,
    arbitrary: aService.map((draft): readonly Step[] => [
      { kind: 'delete', draft, cause: 'delete' },
    ]),
  },
  { weight: 2, arbitrary: aDependency },
  {
    weight: 1,
    arbitrary: fc.tuple(aService, fc.boolean()).map(([service, isRed]): readonly Step[] => [
      {
        kind: 'put',
        draft: serviceTagDraft(
          tenant,
          service.value.serviceId,
          isRed ? toStringMap([['zone', 'red']]) : emptyStringMap,
        ),
      },
    ]),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(aService, fc.boolean()).map(([service, isGone]): readonly Step[] => {
      const rule = sampleRule({ ruleType: 'BLACK', attribute: 'tag_zone', pattern: 'red' });
      const draft = ruleDraft(tenant, service.value.serviceId, rule);
      return [isGone ? { kind: 'delete', draft, cause: 'delete' } : { kind: 'put', draft }];
    }),
  },
);

const topic = fc.oneof<fc.Arbitrary<EventTopic>[]>(
  fc.constantFrom({ kind: 'domain' }, { kind: 'project' }),
  fc.record({ kind: fc.constant('app'), appId: fc.constantFrom(...apps) }),
  fc.record({
    kind: fc.constant('app'),
    appId: fc.constantFrom(...apps),
    environment: fc.constantFrom(...environments),
  }),
  fc.record({
    kind: fc.constant('provider'),
    appId: fc.constantFrom(...apps),
    serviceName: fc.constantFrom(...names),
  }),
  fc.record({ kind: fc.constant('service'), serviceId }),
  fc.record({ kind: fc.constant('consumer'), serviceId }),
  fc.record({ kind: fc.constant('consumer'), serviceId }),
);

const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
      .map((transactions) => ({
        kind: 'commit' as const,
        transactions: transactions.map((steps) => steps.flat()),
      })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('subscribe' as const),
      topics: fc.array(topic, { minLength: 1, maxLength: 3 }),
      isLimited: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause', 'resume', 'leave', 'comeBack'),
      index: fc.nat(9),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'turn' as const }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'relist' as const }, { kind: 'time' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('permit' as const), app: fc.nat(1) }) },
);

/** A clock that goes on whenever it is looked at, so that slices of time end at any place. */
function hastyClock(stepMs: number): Clock {
  let nowMs = 0;
  return {
    wallMs: () => nowMs,
    monotonicMs: () => (nowMs += stepMs),
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
    schedule: () => () => undefined,
  };
}

interface Client {
  readonly topics: readonly EventTopic[];
  readonly isLimited: boolean;
  stream: RecordingStream;
  isOpen: boolean;
}

/** What a client has to know, from the caches. */
function expectedView(harness: ScriptedStreams, client: Client, hidden: ReadonlySet<string>) {
  const { aggregator } = harness;
  const fits = ({ identity, value }: ResourceRecord<'SERVICE'>): boolean =>
    client.topics.some((one) => {
      if (one.kind === 'consumer') {
        const consumer = aggregator.services.get(tenant, one.serviceId);
        const providers = consumer === undefined ? [] : harness.providersOf(consumer);
        return providers.some(
          (provider) =>
            provider.key === aggregator.services.get(identity.tenant, identity.serviceId)?.key,
        );
      }
      if (identity.tenant.domain !== tenant.domain) return false;
      if (one.kind === 'domain') return true;
      if (identity.tenant.project !== tenant.project) return false;
      if (one.kind === 'project') return true;
      if (one.kind === 'service') return identity.serviceId === one.serviceId;
      return (
        value.appId === one.appId &&
        (one.environment === undefined || value.environment === one.environment) &&
        (one.kind === 'app' || value.serviceName === one.serviceName)
      );
    });
  const view = new Map<string, string>();
  for (const service of aggregator.cache('SERVICE').values()) {
    if (!fits(service) || (client.isLimited && hidden.has(service.value.appId))) continue;
    const { tenant: owner, serviceId: id } = service.identity;
    const place = `${owner.domain}/${owner.project}/${id}`;
    view.set(place, service.encoded);
    for (const { identity, encoded } of aggregator.instances.ofService(owner, id)) {
      view.set(`${place}/${identity.instanceId}`, encoded);
    }
  }
  return view;
}

it.each([
  { holdsDeletions: false, log: { maxChanges: 10_000, maxBytes: 32_000_000 }, stepMs: 0.01 },
  { holdsDeletions: true, log: { maxChanges: 10_000, maxBytes: 32_000_000 }, stepMs: 3 },
  { holdsDeletions: true, log: { maxChanges: 10, maxBytes: 32_000_000 }, stepMs: 1 },
])(
  'tells every client everything once and in order, whatever happens ($holdsDeletions, $log.maxChanges)',
  async ({ holdsDeletions, log, stepMs }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60, size: 'max' }), async (actions) => {
        const harness = new ScriptedStreams({
          queueLimit: 5,
          holdsDeletions,
          log,
          clock: hastyClock(stepMs),
        });
        await using _ = harness;
        await harness.start();
        const hidden = new Set<string>();
        const dependencies = new DependencyScript();
        const clients: Client[] = [];
        const violations: string[] = [];
        const open = (client: Omit<Client, 'stream'>, from?: RecordingStream): RecordingStream => {
          const position = from?.position;
          const stream = new RecordingStream(harness, client.topics, {
            ...(position !== undefined && { position }),
            ...(client.isLimited && {
              permits: ({ value }: ResourceRecord<'SERVICE'>) => !hidden.has(value.appId),
            }),
          });
          return position === undefined || from === undefined ? stream : stream.adopt(from.view);
        };
        const perform = async (one: (typeof actions)[number]): Promise<void> => {
          switch (one.kind) {
            case 'commit':
              for (const steps of one.transactions) {
                harness.feed.commit(latestOfEach(dependencies.steps(steps)));
              }
              break;
            case 'turn':
              await harness.turn();
              break;
            case 'time':
              await harness.clock.advance(700_000);
              break;
            case 'relist':
              harness.feed.compact();
              harness.feed.breakSessions(new WatchError('compacted', 'too old'));
              await harness.turn(3);
              break;
            case 'permit': {
              const app = apps[one.app] ?? '';
              if (!hidden.delete(app)) hidden.add(app);
              harness.streams.recheck();
              break;
            }
            case 'subscribe': {
              const client = { topics: one.topics, isLimited: one.isLimited, isOpen: true };
              clients.push({ ...client, stream: open(client) });
              break;
            }
            default: {
              const client = clients[one.index % Math.max(1, clients.length)];
              if (client === undefined) break;
              if (one.kind === 'pause' && client.isOpen) client.stream.pause();
              if (one.kind === 'resume') client.stream.resume();
              if (one.kind === 'leave' && client.isOpen) {
                client.isOpen = false;
                client.stream.subscription.close();
              }
              if (one.kind === 'comeBack' && !client.isOpen) {
                violations.push(...client.stream.violations);
                client.stream = open(client, client.stream);
                client.isOpen = true;
              }
            }
          }
        };
        for (const one of actions) await perform(one);

        await harness.settled();
        for (const client of clients) {
          client.stream.resume();
          if (!client.isOpen && client.stream.ended === undefined) {
            client.stream = open(client, client.stream);
            client.isOpen = true;
          }
        }
        await harness.turn(200);

        for (const { stream } of clients) violations.push(...stream.violations);
        expect(violations).toEqual([]);
        const ended = clients.filter(({ stream }) => stream.ended !== undefined);
        // Their consumer itself is not to be seen.
        expect(ended.filter((one) => !one.isLimited || one.stream.ended !== 'forbidden')).toEqual(
          [],
        );
        const running = clients.filter(({ stream }) => stream.ended === undefined);
        expect(running.filter(({ stream }) => !stream.isSynchronized)).toEqual([]);
        expect(running.map(({ stream }) => stream.view)).toEqual(
          running.map((client) => expectedView(harness, client, hidden)),
        );
      }),
      { numRuns: 150 },
    );
  },
  60_000,
);
