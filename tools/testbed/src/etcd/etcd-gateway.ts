import { readFile } from 'node:fs/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

import type { EtcdTls } from './etcd-tls.ts';

/** What a member says of itself and its cluster. */
export interface EtcdStatus {
  readonly clusterId: string;
  readonly memberId: string;
  /** The member it takes for the leader; `'0'` when it knows none. */
  readonly leaderId: string;
  readonly raftTerm: bigint;
  /** The store's revision on this member. */
  readonly revision: bigint;
  /** Of etcd itself, such as `3.4.23`. */
  readonly version: string;
}

/** How to reach etcd's JSON gateway. */
export interface EtcdGatewayOptions {
  /** Such as `http://127.0.0.1:2379`. */
  readonly url: string;
  readonly tls?: EtcdTls;
}

const requestTimeoutMs = 5000;

/** A small client of etcd's JSON gateway: no library that a backend under test uses as well. */
export class EtcdGateway {
  readonly #url: string;
  readonly #tls: EtcdTls | undefined;

  constructor(options: EtcdGatewayOptions) {
    this.#url = options.url;
    this.#tls = options.tls;
  }

  /** True when the member serves, and its cluster has a leader. */
  async isHealthy(): Promise<boolean> {
    try {
      const { status } = await this.#send('GET', '/health');
      return status === 200;
    } catch {
      // Not listening, or not answering in time: both mean no.
      return false;
    }
  }

  /** @throws when the member does not answer */
  async status(): Promise<EtcdStatus> {
    const answer = await this.call('/v3/maintenance/status', {});
    const header = field(answer, 'header');
    return {
      clusterId: text(header, 'cluster_id'),
      memberId: text(header, 'member_id'),
      leaderId: text(answer, 'leader'),
      raftTerm: BigInt(text(answer, 'raftTerm')),
      revision: BigInt(text(header, 'revision')),
      version: text(answer, 'version'),
    };
  }

  /**
   * Forgets the history before a revision, and returns when it is gone from the disk as well.
   *
   * @throws when it was compacted further already, or the revision is yet to come
   */
  async compact(revision: bigint): Promise<void> {
    await this.call('/v3/kv/compaction', { revision: String(revision), physical: true });
  }

  /**
   * Calls a method of the gateway. 64-bit numbers are decimal strings, bytes base64, and what is zero or empty is
   * absent, both ways.
   *
   * @throws when it is refused
   */
  async call(path: string, body: unknown): Promise<unknown> {
    const { status, text: answer } = await this.#send('POST', path, JSON.stringify(body));
    if (status !== 200) throw new Error(`etcd answered ${path} with ${status}: ${answer}`);
    const parsed: unknown = JSON.parse(answer);
    return parsed;
  }

  async #send(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const certificates = await this.#readCertificates();
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = this.#tls === undefined ? requestHttp : requestHttps;
    const outgoing = request(
      new URL(path, this.#url),
      {
        method,
        // A connection of its own: a kept one may be one that a fault has cut.
        agent: false,
        signal: AbortSignal.timeout(requestTimeoutMs),
        ...certificates,
      },
      resolve,
    );
    outgoing.once('error', reject);
    outgoing.end(body);
    const incoming = await promise;
    return { status: incoming.statusCode ?? 0, text: await readText(incoming) };
  }

  async #readCertificates(): Promise<Partial<Record<'ca' | 'cert' | 'key', Buffer>>> {
    if (this.#tls === undefined) return {};
    const [ca, cert, key] = await Promise.all([
      readFile(this.#tls.caFile),
      readFile(this.#tls.certFile),
      readFile(this.#tls.keyFile),
    ]);
    return { ca, cert, key };
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  let all = '';
  incoming.setEncoding('utf8');
  for await (const chunk of incoming) all += String(chunk);
  return all;
}

/** A member of an answer; undefined when it is absent, as everything is that is zero or empty. */
export function field(answer: unknown, name: string): unknown {
  return typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
}

/** A text or a 64-bit number of an answer; `'0'` when it is absent. */
export function text(answer: unknown, name: string): string {
  const value = field(answer, name) ?? '0';
  if (typeof value !== 'string')
    throw new Error(`${name} is not a string in ${JSON.stringify(answer)}`);
  return value;
}
