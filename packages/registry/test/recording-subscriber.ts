import {
  FieldReader,
  readMicroServiceInstance,
  readMicroServiceKey,
  type WatchInstanceEvent,
} from '@service-center/sdcommon';

import type { PushFrame, Subscriber, SubscriptionEnd } from '../src/index.ts';
import { RegistryHarness, until, type HarnessOptions } from './registry-harness.ts';
import { find, registration, scope, tenant } from './requests.ts';

const actions = ['INIT', 'CREATE', 'UPDATE', 'DELETE', 'EXPIRE'] as const;

/** Takes everything at once and remembers it. */
export class RecordingSubscriber implements Subscriber {
  readonly description = { channel: 'websocket', remote: '' } as const;
  readonly frames: PushFrame[] = [];
  ended: SubscriptionEnd | undefined;

  send(frame: PushFrame): Promise<void> | undefined {
    this.frames.push(frame);
    return undefined;
  }

  close(end: SubscriptionEnd): void {
    this.ended = end;
  }

  get pushes(): readonly WatchInstanceEvent[] {
    return this.frames.map(({ text }) => readPush(text));
  }

  get actions(): readonly string[] {
    return this.pushes.map(({ action, key: provider, instance: changed }) =>
      [action, provider.serviceName, changed?.instanceId ?? '-'].join(' '),
    );
  }
}

function readPush(text: string): WatchInstanceEvent {
  const fields = FieldReader.parse(text);
  const action = actions.find((known) => known === fields.text('action'));
  const provider = fields.struct('key', readMicroServiceKey);
  if (action === undefined || provider === undefined) throw new Error(`no push: ${text}`);
  return { action, key: provider, instance: fields.struct('instance', readMicroServiceInstance) };
}

/** What {@link watched} sets up. */
export interface Watched {
  readonly harness: RegistryHarness;
  readonly provider: string;
  readonly consumer: string;
  readonly subscriber: RecordingSubscriber;
}

/** A provider, a consumer that has found it, and a watch of that consumer. */
export async function watched(options: HarnessOptions = {}): Promise<Watched> {
  const harness = await RegistryHarness.open(options);
  const { services, discovery, hub } = harness.registry;
  const provider = await services.register(scope, registration());
  const consumer = await services.register(scope, registration({ serviceName: 'web' }));
  const subscriber = new RecordingSubscriber();
  hub.subscribe(tenant, consumer, subscriber);
  await discovery.answer(discovery.prepare(find({ consumerId: consumer })), '');
  return { harness, provider, consumer, subscriber };
}

/** Waits until the consumer of {@link watched} has a stored rule for its provider. */
export async function ruleStored(harness: RegistryHarness): Promise<void> {
  await until('the rule', () => harness.aggregator.cache('DEPENDENCY_RULE').size === 2);
}
