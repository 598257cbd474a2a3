import type { Logger } from '@service-center/sdcommon';

/** What an answer says about where it comes from; 64-bit numbers in decimal. */
export interface AnswerHeader {
  readonly cluster_id: string;
  readonly member_id: string;
  readonly revision: string;
  readonly raft_term: string;
}

/** What was known when a call began. */
export interface HistoryMark {
  readonly replacements: number;
  readonly revision: bigint;
  /** By member. */
  readonly terms: ReadonlyMap<string, bigint>;
}

/** What a {@link StoreHistory} is made of. */
export interface StoreHistoryOptions {
  /** Of an answer to a linearizable read. */
  readonly header: AnswerHeader;
  readonly logger: Logger;
  /** Is told that the store was replaced or restored. */
  readonly onReplaced: () => void;
}

/**
 * Notices that the store is no longer the one it was: another cluster, or the same one restored to an older state. A
 * restored cluster may have the old id, so the answers themselves have to tell: a linearizable read never goes back
 * behind a revision that was seen before it began, and a member never behind its own term of office.
 */
export class StoreHistory {
  readonly #logger: Logger;
  readonly #onReplaced: () => void;
  #clusterId: string;
  #replacements = 0;
  #revision: bigint;
  #terms: ReadonlyMap<string, bigint>;

  constructor({ header, logger, onReplaced }: StoreHistoryOptions) {
    this.#logger = logger;
    this.#onReplaced = onReplaced;
    this.#clusterId = header.cluster_id;
    this.#revision = BigInt(header.revision);
    this.#terms = new Map([[header.member_id, BigInt(header.raft_term)]]);
  }

  /** Names the history: the cluster's id, and how often it was seen to be replaced. */
  get epoch(): string {
    const id = BigInt(this.#clusterId).toString(16);
    return this.#replacements === 0 ? id : `${id}.${this.#replacements}`;
  }

  /** To be called before a linearizable call begins. */
  mark(): HistoryMark {
    return { replacements: this.#replacements, revision: this.#revision, terms: this.#terms };
  }

  /** Takes note of the answer to a linearizable call. */
  observe(header: AnswerHeader, mark: HistoryMark): void {
    // Who asked before the store was replaced may have been answered by the old one.
    if (mark.replacements !== this.#replacements) return;
    const revision = BigInt(header.revision);
    const term = BigInt(header.raft_term);
    const knownTerm = mark.terms.get(header.member_id) ?? 0n;
    if (header.cluster_id !== this.#clusterId || revision < mark.revision || term < knownTerm) {
      this.#replace(header, revision, term);
      return;
    }
    if (revision > this.#revision) this.#revision = revision;
    if (term > (this.#terms.get(header.member_id) ?? 0n)) {
      this.#terms = new Map([...this.#terms, [header.member_id, term]]);
    }
  }

  #replace(header: AnswerHeader, revision: bigint, term: bigint): void {
    const before = { cluster: this.#clusterId, revision: String(this.#revision) };
    const after = { cluster: header.cluster_id, revision: header.revision };
    this.#logger.error({ before, after }, 'etcd: the store was replaced or restored');
    this.#clusterId = header.cluster_id;
    this.#replacements++;
    this.#revision = revision;
    this.#terms = new Map([[header.member_id, term]]);
    this.#onReplaced();
  }
}
