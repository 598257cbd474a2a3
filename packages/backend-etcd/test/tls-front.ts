import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer, type Server, type TLSSocket } from 'node:tls';

import type { EtcdNode, EtcdTls } from '@service-center/testbed';

/** TLS 1.2 in front of an etcd, which itself would rather speak 1.3 and cannot be told otherwise. */
export class TlsFront {
  /** Version and cipher suite of each connection, by OpenSSL's names. */
  readonly agreed: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<TLSSocket>();

  private constructor(server: Server, etcdPort: number) {
    this.#server = server;
    server.on('secureConnection', (socket) => {
      this.agreed.push(`${socket.getProtocol() ?? ''} ${socket.getCipher().name}`);
      this.#sockets.add(socket);
      const etcd = connect(etcdPort, '127.0.0.1');
      // Whichever side ends or breaks, the other one is ended with it.
      pipeline(socket, etcd, socket, () => {
        this.#sockets.delete(socket);
      });
    });
  }

  /** Listens, and takes one cipher suite only. */
  static async listen(etcd: EtcdNode, tls: EtcdTls, cipher: string): Promise<TlsFront> {
    const server = createServer({
      key: await readFile(tls.keyFile),
      cert: await readFile(tls.certFile),
      maxVersion: 'TLSv1.2',
      ciphers: cipher,
      ALPNProtocols: ['h2'],
    });
    const front = new TlsFront(server, Number(new URL(etcd.url).port));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return front;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
    return `https://127.0.0.1:${address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
