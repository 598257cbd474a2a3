import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { findFreePorts, loopback } from '../network/free-ports.ts';
import { findCommand } from '../process/find-command.ts';
import { GuardedProcess } from '../process/guarded-process.ts';
import type { ProcessEnd } from '../process/process-end.ts';
import { EtcdGateway, type EtcdStatus } from './etcd-gateway.ts';
import {
  memberFlags,
  membershipFlags,
  type EtcdMember,
  type EtcdNodeOptions,
} from './etcd-flags.ts';

const run = promisify(execFile);
const healthPollMs = 20;
const outputLimitBytes = 64 * 1024 * 1024;

/**
 * An etcd as a child process on loopback, with a data directory that goes when it is disposed of. Its address stays the
 * same over stops and starts. It does not outlive this process.
 */
export class EtcdNode {
  readonly name: string;
  /** Where clients connect, such as `http://127.0.0.1:20379`. */
  readonly url: string;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly gateway: EtcdGateway;
  readonly #home: string;
  readonly #program: string;
  readonly #member: EtcdMember;
  #process: GuardedProcess | undefined;

  private constructor(program: string, home: string, member: EtcdMember) {
    const { tls } = member.options;
    this.name = member.name;
    this.clientPort = member.clientPort;
    this.peerPort = member.peerPort;
    this.url = member.clientUrl;
    this.gateway = new EtcdGateway({ url: this.url, ...(tls !== undefined && { tls }) });
    this.#home = home;
    this.#program = program;
    this.#member = member;
  }

  /**
   * Prepares a node without starting it.
   *
   * @throws Error that says what to install when there is no etcd on the PATH
   */
  static async create(options: EtcdNodeOptions = {}): Promise<EtcdNode> {
    const program = await findCommand('etcd', 'etcd-server');
    const [freeClientPort = 0, freePeerPort = 0] = await findFreePorts(2);
    const home = await mkdtemp(join(options.parentDirectory ?? tmpdir(), 'etcd-'));
    const clientPort = options.clientPort ?? freeClientPort;
    return new EtcdNode(program, home, {
      name: options.name ?? 'etcd',
      dataDirectory: join(home, 'data'),
      clientPort,
      clientUrl: `${options.tls === undefined ? 'http' : 'https'}://${loopback}:${clientPort}`,
      peerPort: options.peerPort ?? freePeerPort,
      options,
    });
  }

  /**
   * Starts a node and waits until it is healthy.
   *
   * @throws Error with what etcd wrote when it ends first, or takes too long
   */
  static async start(options: EtcdNodeOptions = {}): Promise<EtcdNode> {
    const node = await EtcdNode.create(options);
    try {
      await node.start();
      return node;
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The data directory. */
  get dataDirectory(): string {
    return this.#member.dataDirectory;
  }

  get isRunning(): boolean {
    return this.#process?.isRunning === true;
  }

  /** The id of the process; undefined while it is not running. */
  get pid(): number | undefined {
    return this.isRunning ? this.#process?.pid : undefined;
  }

  /** The end of what the last run wrote. */
  get output(): string {
    return this.#process?.output ?? '';
  }

  /**
   * Starts it, on the data it left behind, and waits until it is healthy.
   *
   * @throws Error with what etcd wrote when it ends first, or takes too long
   */
  async start(): Promise<void> {
    this.launch();
    await this.waitUntilHealthy();
  }

  /** Starts it without waiting: a member is not healthy before most members of its cluster run. */
  launch(): void {
    if (this.isRunning) throw new Error(`etcd ${this.name} is running already`);
    const { environment } = this.#member.options;
    this.#process = new GuardedProcess({
      program: this.#program,
      programArguments: memberFlags(this.#member),
      workingDirectory: this.#home,
      ...(environment !== undefined && { environment }),
    });
  }

  /**
   * Waits until it serves and its cluster has a leader.
   *
   * @throws Error with what etcd wrote when it ends first, or takes too long
   */
  async waitUntilHealthy(
    timeoutMs: number = this.#member.options.startTimeoutMs ?? 30_000,
  ): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    while (!(await this.gateway.isHealthy())) {
      if (!this.isRunning) throw this.#failure('ended before it was healthy');
      if (performance.now() > deadlineMs) throw this.#failure(`not healthy after ${timeoutMs} ms`);
      await sleep(healthPollMs);
    }
  }

  /** Ends it the friendly way (SIGTERM): a leader hands over first. */
  async stop(): Promise<ProcessEnd> {
    const child = this.#expectProcess();
    const end = child.end('SIGTERM');
    // A paused process sees the signal only when it goes on.
    child.signal('SIGCONT');
    return end;
  }

  /** Ends it at once (SIGKILL). */
  kill(): Promise<ProcessEnd> {
    return this.#expectProcess().end('SIGKILL');
  }

  /** Stops it when it runs, and starts it on the same data. */
  async restart(): Promise<void> {
    if (this.isRunning) await this.stop();
    await this.start();
  }

  /** Halts it in the middle of whatever it does (SIGSTOP); its connections stay open and silent. */
  pause(): void {
    this.#expectProcess().signal('SIGSTOP');
  }

  /** Lets it go on after a pause. */
  resume(): void {
    this.#expectProcess().signal('SIGCONT');
  }

  /** @throws when it does not answer */
  status(): Promise<EtcdStatus> {
    return this.gateway.status();
  }

  /**
   * Runs `etcdctl` against this node and answers with what it wrote.
   *
   * @throws Error that says what to install when it is not on the PATH, or with what it wrote when it fails
   */
  etcdctl(...commandArguments: readonly string[]): Promise<string> {
    const { tls } = this.#member.options;
    const certificates =
      tls === undefined
        ? []
        : [`--cacert=${tls.caFile}`, `--cert=${tls.certFile}`, `--key=${tls.keyFile}`];
    return runEtcdctl([`--endpoints=${this.url}`, ...certificates, ...commandArguments]);
  }

  /** Writes everything that the store holds now into a file, also its history since the last compaction. */
  async saveSnapshot(file: string): Promise<void> {
    await this.etcdctl('snapshot', 'save', file);
  }

  /**
   * Replaces the data by that of a snapshot: the store goes back to the snapshot's revision, and counts on from there. The
   * ids of cluster and members stay what they were. The node must not run; in a cluster every member has to be restored,
   * see `EtcdCluster.restoreSnapshot`.
   *
   * @throws Error when the node runs, or the file is no snapshot
   */
  async restoreSnapshot(file: string): Promise<void> {
    if (this.isRunning)
      throw new Error(`etcd ${this.name} has to be stopped before it is restored`);
    await rm(this.dataDirectory, { recursive: true, force: true });
    await runEtcdctl([
      'snapshot',
      'restore',
      file,
      `--name=${this.name}`,
      `--data-dir=${this.dataDirectory}`,
      ...membershipFlags(this.#member),
    ]);
  }

  /** Ends it at once and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await rm(this.#home, { recursive: true, force: true });
  }

  #expectProcess(): GuardedProcess {
    if (this.#process === undefined || !this.#process.isRunning) {
      throw new Error(`etcd ${this.name} is not running`);
    }
    return this.#process;
  }

  #failure(what: string): Error {
    return new Error(`etcd ${this.name}: ${what}:\n${this.output}`);
  }
}

async function runEtcdctl(commandArguments: readonly string[]): Promise<string> {
  const program = await findCommand('etcdctl', 'etcd-client');
  const { stdout } = await run(program, commandArguments, {
    env: { ...process.env, ETCDCTL_API: '3' },
    maxBuffer: outputLimitBytes,
  });
  return stdout;
}
