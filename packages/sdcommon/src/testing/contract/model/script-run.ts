import assert from 'node:assert/strict';

import type { Backend } from '../../../backend/backend.ts';
import type { ListResult } from '../../../source/list-watch.ts';
import type { Position } from '../../../source/position.ts';
import type { ResourceType } from '../../../source/resource.ts';
import { WatchError } from '../../../source/watch-error.ts';
import { FeedFold } from '../../feed/feed-fold.ts';
import { recordFeed, type FeedRecorder } from '../../feed/feed-recorder.ts';
import type { BackendFixture } from '../backend-fixture.ts';
import { describeRecord } from './describe-record.ts';
import type { RegistryModel } from './registry-model.ts';

/**
 * A backend under a random script, with a follower that loses its sessions, falls behind and lists again like a cacher
 * does, and with pictures of the past.
 */
export class ScriptRun {
  readonly store: BackendFixture;
  readonly #pictures: ListResult<ResourceType>[] = [];
  #compactedAt: Position | undefined;
  #fold: FeedFold;
  #session: FeedRecorder<ResourceType>;
  #foldedCount = 0;

  private constructor(store: BackendFixture, start: ListResult<ResourceType>) {
    this.store = store;
    this.#fold = new FeedFold(start);
    this.#session = recordFeed(store.backend.feed, start.position);
  }

  /** Starts to follow a fresh store. */
  static async start(store: BackendFixture): Promise<ScriptRun> {
    return new ScriptRun(store, await store.list());
  }

  get backend(): Backend {
    return this.store.backend;
  }

  /** Folds a part of what the session has shown, then loses it and continues after the last response folded. */
  async loseSession(share: number): Promise<void> {
    await this.#session.reached(await this.store.position());
    const shown = this.#session.responses.length - this.#foldedCount;
    this.#foldShown(Math.floor(shown * share));
    await this.#resume();
  }

  /** Follows the feed again from an earlier picture; it has to lead to the same end. */
  async replay(share: number): Promise<void> {
    const picture = this.#pictures[Math.floor(share * this.#pictures.length)];
    if (picture === undefined) return;
    const end = await this.store.position();
    const recorder = recordFeed(this.backend.feed, picture.position);
    try {
      if (this.#isLost(picture.position)) {
        const outcome = await recorder.ended();
        assert.equal(outcome.kind === 'failed' && isPositionLost(outcome.error), true);
        return;
      }
      await recorder.reached(end);
      const fold = new FeedFold(picture);
      for (const response of recorder.responses) fold.apply(response);
      assert.deepStrictEqual(fold.list(), await this.store.list(fold.position));
    } finally {
      recorder.stop();
    }
  }

  /** Keeps what is stored now, to be compared with later lists of this position. */
  async takePicture(): Promise<void> {
    this.#pictures.push(await this.store.list());
  }

  /** Lists at the position of an earlier picture; it has to look the same. */
  async comparePicture(share: number): Promise<void> {
    const picture = this.#pictures[Math.floor(share * this.#pictures.length)];
    if (picture === undefined) return;
    if (this.#isLost(picture.position)) {
      await assert.rejects(this.store.list(picture.position), isPositionLost);
    } else {
      assert.deepStrictEqual(await this.store.list(picture.position), picture);
    }
  }

  /** Forgets the history up to now. */
  async compact(): Promise<void> {
    const position = await this.store.caughtUp();
    // A session that has yet to read what is forgotten may end, as it may end at any time.
    await this.#session.reached(position);
    await this.store.compact(position);
    this.#compactedAt = position;
  }

  /** Restarts the backend; the follower continues where it was. */
  async reopen(): Promise<void> {
    const position = await this.store.caughtUp();
    await this.store.reopen();
    if (!this.store.features.keepsHistory) this.#compactedAt = position;
    await this.#resume();
  }

  /** Checks that the follower, the list and the model are of one mind. */
  async compare(model: RegistryModel): Promise<void> {
    await this.#session.reached(await this.store.position());
    this.#foldShown(this.#session.responses.length - this.#foldedCount);
    const listed = await this.store.list(this.#fold.position);
    assert.deepStrictEqual(this.#fold.list(), listed);
    const lines = listed.resources.map(describeRecord).filter((line) => line !== undefined);
    assert.deepStrictEqual(lines.toSorted(), model.lines());
  }

  /** Leaves the session. */
  stop(): void {
    this.#session.stop();
  }

  #foldShown(count: number): void {
    const shown = this.#session.responses.slice(this.#foldedCount, this.#foldedCount + count);
    for (const response of shown) this.#fold.apply(response);
    this.#foldedCount += count;
  }

  async #resume(): Promise<void> {
    this.#session.stop();
    if (this.#isLost(this.#fold.position)) {
      const lost = recordFeed(this.backend.feed, this.#fold.position);
      const outcome = await lost.ended();
      assert.equal(outcome.kind === 'failed' && isPositionLost(outcome.error), true);
      this.#fold = new FeedFold(await this.store.list());
    }
    this.#foldedCount = 0;
    this.#session = recordFeed(this.backend.feed, this.#fold.position);
  }

  #isLost(position: Position): boolean {
    return this.#compactedAt !== undefined && position.order < this.#compactedAt.order;
  }
}

function isPositionLost(error: unknown): boolean {
  return error instanceof WatchError && error.positionLost;
}
