import type { Discovery } from '@service-center/registry';

import { jsonReply, notModifiedReply, type Reply } from '../reply/reply.ts';

/** The answer of a find: a revision and the encoded instances. */
export type FindAnswer = Awaited<ReturnType<Discovery['answerFresh']>>;

/**
 * The replies made of find answers. An answer is one object for as long as nothing changes, so its replies are made
 * once, however many clients ask.
 */
export class AnswerReplies {
  readonly #full = new WeakMap<FindAnswer, Reply>();
  readonly #notModified = new WeakMap<FindAnswer, Reply>();
  readonly #withoutRevision = new WeakMap<FindAnswer, Reply>();

  /** The instances with their revision, or 304 when the client holds them already. @param rev - `''` for none */
  of(answer: FindAnswer, rev: string): Reply {
    if (rev !== '' && rev === answer.revision) {
      return remembered(this.#notModified, answer, () => ({
        ...notModifiedReply(answer.revision),
        isShared: true,
      }));
    }
    return remembered(this.#full, answer, () =>
      shared(answer, ['X-Resource-Revision', answer.revision]),
    );
  }

  /** The instances alone. */
  withoutRevision(answer: FindAnswer): Reply {
    return remembered(this.#withoutRevision, answer, () => shared(answer, []));
  }
}

function shared(answer: FindAnswer, headers: readonly string[]): Reply {
  return { ...jsonReply('', headers), body: answer.body, compressor: answer, isShared: true };
}

function remembered(
  replies: WeakMap<FindAnswer, Reply>,
  answer: FindAnswer,
  make: () => Reply,
): Reply {
  let reply = replies.get(answer);
  if (reply === undefined) {
    reply = make();
    replies.set(answer, reply);
  }
  return reply;
}
