import { describe, expect, it } from 'vitest';

import { RecordingStream } from './recording-stream.ts';
import { RegistryHarness, until } from './registry-harness.ts';
import { instance, registration, scope } from './requests.ts';

/** Two services with an instance each, and a set of the names that may be seen. */
async function open(...names: readonly string[]) {
  const harness = await RegistryHarness.open();
  const { registry } = harness;
  const ids = new Map<string, string>();
  for (const serviceName of ['cart', 'desk']) {
    const serviceId = await registry.services.register(scope, registration({ serviceName }));
    await registry.instances.register(scope, serviceId, instance({ instanceId: 'i' }));
    ids.set(serviceName, serviceId);
  }
  const visible = new Set(names);
  const options = {
    permits: ({ value }: { readonly value: { readonly serviceName: string } }): boolean =>
      visible.has(value.serviceName),
  };
  return { harness, registry, visible, options, idOf: (name: string) => ids.get(name) ?? '' };
}

const project = [{ kind: 'project' }] as const;

describe('a stream of somebody who may not see everything', () => {
  it('lists and tells of what may be seen', async () => {
    const { harness, registry, options, idOf } = await open('cart', 'web');
    await using _ = harness;
    const stream = new RecordingStream(registry, project, options);
    await stream.synchronized();

    for (const name of ['desk', 'cart']) {
      await registry.instances.updateStatus(scope, idOf(name), 'i', 'DOWN');
    }
    for (const serviceName of ['web', 'bank']) {
      await registry.services.register(
        scope,
        registration({ serviceName }, { instances: [instance({ instanceId: 'n' })] }),
      );
    }

    expect(stream.story).toEqual([
      'reset new',
      'INIT cart@1.0.0',
      'INIT cart@1.0.0 i',
      'synchronized',
      'UPDATE cart@1.0.0 i',
      'CREATE web@1.0.0',
      'CREATE web@1.0.0 n',
    ]);
    expect(stream.violations).toEqual([]);
  });

  it('starts over when that has changed, and only then', async () => {
    const { harness, registry, options, visible } = await open('cart');
    await using _ = harness;
    const stream = new RecordingStream(registry, project, options);
    const other = new RecordingStream(registry, project, { permits: () => true });
    for (const one of [stream, other]) {
      await one.synchronized();
      one.clear();
    }

    visible.add('desk');
    registry.streams.recheck();
    await until('the change', () => stream.story.includes('synchronized'));

    expect(stream.story).toEqual([
      'reset viewChanged',
      'INIT cart@1.0.0',
      'INIT desk@1.0.0',
      'INIT cart@1.0.0 i',
      'INIT desk@1.0.0 i',
      'synchronized',
    ]);
    expect(other.story).toEqual([]);
  });

  it('starts over at a change that it could not make sense of', async () => {
    const { harness, registry, options, visible, idOf } = await open('cart');
    await using _ = harness;
    const stream = new RecordingStream(registry, project, options);
    await stream.synchronized();
    stream.clear();

    visible.add('desk');
    await registry.instances.updateStatus(scope, idOf('desk'), 'i', 'DOWN');
    await until('the change', () => stream.story.includes('synchronized'));

    expect(stream.story[0]).toBe('reset viewChanged');
    expect(stream.view.get(`d1/p1/${idOf('desk')}/i`)).toContain('DOWN');
    expect(stream.violations).toEqual([]);
  });

  it('starts over when it comes back with a position from before', async () => {
    const { harness, registry, options, visible, idOf } = await open('cart', 'desk');
    await using _ = harness;
    const before = new RecordingStream(registry, project, options);
    await before.synchronized();
    before.subscription.close();
    const { position = '' } = before;
    visible.delete('desk');

    const early = new RecordingStream(registry, project, { ...options, position });
    registry.streams.recheck();
    const late = new RecordingStream(registry, project, { ...options, position });
    await early.synchronized();
    await late.synchronized();
    await registry.instances.updateStatus(scope, idOf('desk'), 'i', 'DOWN');

    for (const stream of [early, late]) {
      expect(stream.story).toEqual([
        'reset viewChanged',
        'INIT cart@1.0.0',
        'INIT cart@1.0.0 i',
        'synchronized',
      ]);
    }
  });

  it('ends when the consumer itself may be seen no more', async () => {
    const { harness, registry, options, visible, idOf } = await open('cart', 'desk');
    await using _ = harness;
    const topics = [{ kind: 'consumer', serviceId: idOf('desk') }] as const;
    const stream = new RecordingStream(registry, topics, options);
    await stream.synchronized();

    visible.delete('desk');
    registry.streams.recheck();
    await until('the end', () => stream.ended !== undefined);

    expect(stream.ended).toBe('forbidden');
    expect(registry.streams.size).toBe(0);
  });

  it('ends alone when nobody can say what it may see', async () => {
    const { harness, registry, idOf } = await open();
    await using _ = harness;
    let isBroken = false;
    const broken = new RecordingStream(registry, project, {
      permits: () => {
        if (isBroken) throw new Error('no answer');
        return true;
      },
    });
    const other = new RecordingStream(registry, project);
    await broken.synchronized();
    await other.synchronized();

    isBroken = true;
    await registry.instances.updateStatus(scope, idOf('cart'), 'i', 'DOWN');
    const late = new RecordingStream(registry, project, {
      permits: () => {
        throw new Error('no answer');
      },
    });
    await until('the end', () => late.ended !== undefined);

    expect([broken.ended, late.ended]).toEqual(['failed', 'failed']);
    expect(other.story.at(-1)).toBe('UPDATE cart@1.0.0 i');
  });
});
