import { field } from '../../etcd/etcd-gateway.ts';
import type { EtcdKeyDump } from '../../etcd/key-dump.ts';
import type { SceneServer } from '../scene/fault-scene.ts';

/** What a server shows of its caches, and where that lies in the store (spec 01 §4.11, spec 02 §1.1). */
const cachedPrefixes = [
  ['services', '/cse-sr/ms/files/'],
  ['serviceIndexes', '/cse-sr/ms/indexes/'],
  ['serviceAliases', '/cse-sr/ms/alias/'],
  ['serviceTags', '/cse-sr/ms/tags/'],
  ['serviceRules', '/cse-sr/ms/rules/'],
  ['serviceRuleIndexes', '/cse-sr/ms/rule-indexes/'],
  ['dependencyRules', '/cse-sr/ms/dep-rules/'],
  ['summaries', '/cse-sr/ms/schema-sum/'],
  ['instances', '/cse-sr/inst/files/'],
] as const;

/**
 * Compares everything in a server's caches with the store, revisions and contents.
 *
 * @returns what differs
 * @throws Error when the server does not answer
 */
export async function compareCaches(
  { client, name }: SceneServer,
  store: EtcdKeyDump,
): Promise<readonly string[]> {
  const answer = await client.send('GET', '/v4/default/admin/dump');
  if (answer.status !== 200) throw new Error(`${name} answered a dump with ${answer.status}`);
  const dump: unknown = JSON.parse(answer.body);
  const differences: string[] = [];
  for (const [member, prefix] of cachedPrefixes) {
    const cached = new Map(readRecords(field(field(dump, 'cache'), member)));
    for (const { key, modRevision, value } of store.keys) {
      if (!key.startsWith(prefix)) continue;
      const record = cached.get(key);
      cached.delete(key);
      if (record === undefined) differences.push(`${name} does not have ${key}`);
      else if (record.revision !== modRevision)
        differences.push(`${name} has ${key} of ${record.revision}, not ${modRevision}`);
      else if (record.value !== comparableText(value))
        differences.push(`${name} has ${key} as ${record.value}, not ${value}`);
    }
    for (const key of cached.keys()) differences.push(`${name} still has ${key}`);
  }
  return differences;
}

interface CachedRecord {
  readonly revision: bigint;
  readonly value: string;
}

function readRecords(records: unknown): readonly (readonly [string, CachedRecord])[] {
  if (records === undefined) return [];
  if (!Array.isArray(records)) throw new Error('a dump without lists');
  const list: readonly unknown[] = records;
  return list.map((record) => {
    const key = field(record, 'key');
    const revision = field(record, 'rev');
    if (typeof key !== 'string' || typeof revision !== 'number')
      throw new Error(`no record of a dump: ${JSON.stringify(record)}`);
    const value = field(record, 'value');
    return [
      key,
      {
        revision: BigInt(revision),
        value: typeof value === 'string' ? value : JSON.stringify(value),
      },
    ];
  });
}

/** JSON as it is written without spaces; a text that is none stays as it is. */
function comparableText(stored: string): string {
  if (!stored.startsWith('{')) return stored;
  const value: unknown = JSON.parse(stored);
  return JSON.stringify(value);
}
