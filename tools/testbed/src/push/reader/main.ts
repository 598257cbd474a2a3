// A subscriber as a process of its own, which can be stopped as a whole: writes its log to standard output, line by line,
// until it is killed.
import { parseArgs } from 'node:util';

import { RegistryClient } from '../../server/registry-client.ts';
import { createSubscriber } from '../client/create-subscriber.ts';
import { findInstances } from '../client/find-instances.ts';
import { formatPushLog } from '../log/push-log-text.ts';
import { PushRecorder } from '../log/push-recorder.ts';
import { shopServices, shopViews } from '../scenario/shop.ts';
import { parsePushChannels } from '../soak/push-plan.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    channel: { type: 'string', default: '' },
    name: { type: 'string', default: '' },
    first: { type: 'string', default: '0' },
  },
});

const [channel] = parsePushChannels(values.channel);
const client = new RegistryClient(values.url);
const recorder = new PushRecorder({
  firstNumber: Number(values.first),
  onEntry: (entry) => {
    process.stdout.write(formatPushLog([entry]));
  },
});
const subscriber = createSubscriber({
  name: values.name,
  view: shopViews[channel],
  baseUrl: values.url,
  recorder,
  registry: {
    providersOf: () => shopServices.filter(({ serviceId }) => serviceId === 'cart'),
    find: (consumerId, provider) => findInstances(client, consumerId, provider),
  },
});
await subscriber.connect();
