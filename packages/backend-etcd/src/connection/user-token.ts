import type { Logger } from '@service-center/sdcommon';

import type { EtcdUser } from '../etcd-store-options.ts';
import { RpcError } from '../rpc/rpc-error.ts';

/** What a {@link UserToken} is made of. */
export interface UserTokenOptions {
  readonly user: EtcdUser;
  /** Asks the store for a token. @throws RpcError */
  readonly authenticate: (user: EtcdUser) => Promise<string>;
  readonly logger: Logger;
}

/** The token that a user's calls carry: asked for once, and again when the store no longer takes it. */
export class UserToken {
  readonly #user: EtcdUser;
  readonly #authenticate: (user: EtcdUser) => Promise<string>;
  readonly #logger: Logger;
  #token: Promise<string | undefined> | undefined;

  constructor({ user, authenticate, logger }: UserTokenOptions) {
    this.#user = user;
    this.#authenticate = authenticate;
    this.#logger = logger;
  }

  /** The token; undefined when the store has no access control. @throws RpcError when the store gives none */
  get(): Promise<string | undefined> {
    if (this.#token === undefined) {
      const asked = this.#ask();
      this.#token = asked;
      asked.catch(() => {
        this.#drop(asked);
      });
    }
    return this.#token;
  }

  /** Takes note that the store refused a token. The next call gets another, unless that was asked for already. */
  async refuse(token: string | undefined): Promise<void> {
    const current = this.#token;
    if (current !== undefined && (await current) === token) this.#drop(current);
  }

  #drop(token: Promise<string | undefined>): void {
    if (this.#token === token) this.#token = undefined;
  }

  async #ask(): Promise<string | undefined> {
    try {
      return await this.#authenticate(this.#user);
    } catch (error) {
      // As the reference's client does; otherwise switching access control on would need all servers at one moment.
      if (!RpcError.is(error, 'precondition')) throw error;
      this.#logger.warn({ user: this.#user.name }, 'etcd: access control is not enabled');
      return undefined;
    }
  }
}
