import type { AdminViews, Alarm, Alarms, DumpMember, DumpRecord } from '@service-center/registry';
import { encodeText, JsonWriter } from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { emptyReply, jsonReply } from '../reply/reply.ts';
import { encodePushes } from './push-codec.ts';
import { encodeServerInfo, type ServerVersion } from '../server-version.ts';

/** What the handlers of the admin routes work with. */
export interface AdminHandlerOptions {
  readonly admin: AdminViews;
  readonly alarms: Alarms;
  readonly version: ServerVersion;
}

/** The routes of operators (spec 01 §4.11). */
export function createAdminHandlers(
  options: AdminHandlerOptions,
): Pick<Handlers, 'AlarmList' | 'ClearAlarm' | 'Clusters' | 'Dump' | 'ListPushes'> {
  const { admin, alarms, version } = options;
  return {
    Dump: (context) => {
      admin.assertDumpAllowed(context);
      const text = context.query.get('options').trim();
      // Words that mean nothing are ignored; `config`, which once showed secrets, is one of them.
      const parts = new Set(text === '' ? ['cache'] : text.split(','));
      const writer = new JsonWriter();
      if (parts.has('info') || parts.has('all')) writer.keep('info', encodeServerInfo(version));
      if (parts.has('cache') || parts.has('all')) {
        writer.keep('cache', encodeCache(admin.dump(context), admin.clusterName));
      }
      return jsonReply(writer.end());
    },

    Clusters: () => {
      const clusters = new JsonWriter();
      for (const [name, endpoints] of admin.clusters()) {
        clusters.keep(name, `[${endpoints.map(encodeText).join(',')}]`);
      }
      return jsonReply(`{"clusters":${clusters.end()}}`);
    },

    AlarmList: () =>
      jsonReply(new JsonWriter().structList('alarms', alarms.list(), encodeAlarm).end()),

    ClearAlarm: () => {
      alarms.deleteAll();
      return emptyReply;
    },

    ListPushes: async (context) => {
      const { query } = context;
      const found = await admin.pushes(context, {
        serviceId: query.get('serviceId'),
        instanceId: query.get('instanceId'),
        subscriber: query.get('subscriber'),
        limit: query.get('limit'),
      });
      return jsonReply(await encodePushes(found));
    },
  };
}

function encodeCache(members: readonly DumpMember[], cluster: string): string {
  const writer = new JsonWriter();
  const clusterText = encodeText(cluster);
  for (const { name, records } of members) {
    writer.structList(
      name,
      records,
      (record) =>
        `{"key":${encodeText(record.key)},"rev":${record.modRevision},"cluster":${clusterText},"value":${encodeValue(record)}}`,
    );
  }
  return writer.end();
}

/** Values that are texts are stored without quotes. */
function encodeValue({ value, encoded }: DumpRecord): string {
  return typeof value === 'string' ? encodeText(value) : encoded;
}

function encodeAlarm({ id, status, detail }: Alarm): string {
  return new JsonWriter()
    .text('status', status)
    .text('id', id)
    .keep('fields', new JsonWriter().text('detail', detail).end())
    .end();
}
